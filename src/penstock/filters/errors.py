"""What can go wrong with filters.

Invalid      FilterInvalid, SearchInvalid
"""

from penstock.kernel.errors import Invalid


class FilterInvalid(Invalid):
    """This filter is not valid"""

    code = "INVALID_FILTER"


class SearchInvalid(Invalid):
    """This search is not valid"""

    code = "INVALID_SEARCH"
