"""Internal mail: to people of the team, whose consent is not asked, and to fixed addresses."""

from penstock.delivery.carrying import mail
from penstock.delivery.internal_mail import prepare

INTERNAL_MAIL = mail("internal_mail", prepare)
