"""Files of records: mapped, checked and written row by row, with a report of what was refused."""
