"""What can go wrong with filters.

Invalid      FilterInvalid, SearchInvalid
Unavailable  AudienceTookTooLong
"""

from penstock.kernel.errors import Invalid, Unavailable


class FilterInvalid(Invalid):
    """This filter is not valid"""

    code = "INVALID_FILTER"


class SearchInvalid(Invalid):
    """This search is not valid"""

    code = "INVALID_SEARCH"


class AudienceTookTooLong(Unavailable):
    """It took too long to find out who matches this filter: ask for less, or again later"""
