"""Marketing mail, to people who may not want it."""

from penstock.delivery.carrying import mail
from penstock.delivery.mail import prepare

MAIL = mail("mail", prepare)
