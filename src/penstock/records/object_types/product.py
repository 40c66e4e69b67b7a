"""Products: what is for sale."""

from penstock.records.defaults import (
    BILLING_FREQUENCY,
    OWNER_STAMPS,
    choice,
    columns,
    date,
    headings,
    money,
    number,
    owner,
    paragraph,
    section,
    table,
    text,
)
from penstock.records.model import ObjectType

PRODUCT = ObjectType(
    id="0-7",
    name="product",
    plural="products",
    label="Product",
    plural_label="Products",
    primary="name",
    secondary=("hs_sku", "price"),
    required=("name",),
    search=("name", "description", "price", "hs_sku"),
    shown=("name", "description", "price", "createdate", "hs_lastmodifieddate", "hs_object_id"),
    groups=headings(productinformation="Product information", price_information="Price"),
    properties=table(
        section(
            "productinformation",
            text("name", "Name"),
            paragraph("description", "Product description"),
            text("hs_sku", "SKU"),
            choice("hs_product_type", "Product type", "inventory non_inventory service"),
            choice("hs_status", "Status", "active inactive"),
            *owner("Product owner"),
            text("hs_url", "URL"),
            text("hs_images", "Image URL", field_type="file"),
            text("hs_folder", "Folder"),
            *columns("createdate"),
        ),
        section(
            "price_information",
            money("price", "Unit price"),
            money("hs_cost_of_goods_sold", "Unit cost"),
            money("tax", "Tax"),
            money("discount", "Unit discount"),
            number("hs_discount_percentage", "Discount percentage"),
            choice("recurringbillingfrequency", "Billing frequency", BILLING_FREQUENCY),
            text("hs_recurring_billing_period", "Term"),
            date("hs_recurring_billing_start_date", "Billing start date"),
        ),
    ),
    stamps=OWNER_STAMPS,
)
