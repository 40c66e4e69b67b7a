"""Companies: the organisations one deals with."""

from penstock.records.defaults import (
    CURRENCIES,
    LEAD_STATUS,
    LIFECYCLE_STAMPS,
    OWNER_STAMPS,
    choice,
    columns,
    contact_history,
    headings,
    lifecycle_dates,
    lifecycle_stage,
    moment,
    money,
    number,
    origin,
    owner,
    paragraph,
    phone,
    section,
    table,
    text,
    yes_no,
)
from penstock.records.model import AssociationType, ObjectType

_INDUSTRIES = """
    ACCOUNTING AIRLINES_AVIATION ALTERNATIVE_DISPUTE_RESOLUTION ALTERNATIVE_MEDICINE ANIMATION
    APPAREL_FASHION ARCHITECTURE_PLANNING ARTS_AND_CRAFTS AUTOMOTIVE AVIATION_AEROSPACE BANKING
    BIOTECHNOLOGY BROADCAST_MEDIA BUILDING_MATERIALS BUSINESS_SUPPLIES_AND_EQUIPMENT CAPITAL_MARKETS
    CHEMICALS CIVIC_SOCIAL_ORGANIZATION CIVIL_ENGINEERING COMMERCIAL_REAL_ESTATE COMPUTER_GAMES
    COMPUTER_HARDWARE COMPUTER_NETWORK_SECURITY COMPUTER_NETWORKING COMPUTER_SOFTWARE CONSTRUCTION
    CONSUMER_ELECTRONICS CONSUMER_GOODS CONSUMER_SERVICES COSMETICS DAIRY DEFENSE_SPACE DESIGN
    E_LEARNING EDUCATION_MANAGEMENT ELECTRICAL_ELECTRONIC_MANUFACTURING ENTERTAINMENT
    ENVIRONMENTAL_SERVICES EVENTS_SERVICES EXECUTIVE_OFFICE FACILITIES_SERVICES FARMING
    FINANCIAL_SERVICES FINE_ART FISHERY FOOD_BEVERAGES FOOD_PRODUCTION FUND_RAISING FURNITURE
    GAMBLING_CASINOS GLASS_CERAMICS_CONCRETE GOVERNMENT_ADMINISTRATION GOVERNMENT_RELATIONS
    GRAPHIC_DESIGN HEALTH_WELLNESS_AND_FITNESS HIGHER_EDUCATION HOSPITAL_HEALTH_CARE HOSPITALITY
    HUMAN_RESOURCES IMPORT_AND_EXPORT INDIVIDUAL_FAMILY_SERVICES INDUSTRIAL_AUTOMATION
    INFORMATION_SERVICES INFORMATION_TECHNOLOGY_AND_SERVICES INSURANCE INTERNATIONAL_AFFAIRS
    INTERNATIONAL_TRADE_AND_DEVELOPMENT INTERNET INVESTMENT_BANKING INVESTMENT_MANAGEMENT JUDICIARY
    LAW_ENFORCEMENT LAW_PRACTICE LEGAL_SERVICES LEGISLATIVE_OFFICE LEISURE_TRAVEL_TOURISM LIBRARIES
    LOGISTICS_AND_SUPPLY_CHAIN LUXURY_GOODS_JEWELRY MACHINERY MANAGEMENT_CONSULTING MARITIME
    MARKET_RESEARCH MARKETING_AND_ADVERTISING MECHANICAL_OR_INDUSTRIAL_ENGINEERING MEDIA_PRODUCTION
    MEDICAL_DEVICES MEDICAL_PRACTICE MENTAL_HEALTH_CARE MILITARY MINING_METALS MOBILE_GAMES
    MOTION_PICTURES_AND_FILM MUSEUMS_AND_INSTITUTIONS MUSIC NANOTECHNOLOGY NEWSPAPERS
    NON_PROFIT_ORGANIZATION_MANAGEMENT OIL_ENERGY ONLINE_MEDIA OUTSOURCING_OFFSHORING
    PACKAGE_FREIGHT_DELIVERY PACKAGING_AND_CONTAINERS PAPER_FOREST_PRODUCTS PERFORMING_ARTS
    PHARMACEUTICALS PHILANTHROPY PHOTOGRAPHY PLASTICS POLITICAL_ORGANIZATION
    PRIMARY_SECONDARY_EDUCATION PRINTING PROFESSIONAL_TRAINING_COACHING PROGRAM_DEVELOPMENT
    PUBLIC_POLICY PUBLIC_RELATIONS_AND_COMMUNICATIONS PUBLIC_SAFETY PUBLISHING RAILROAD_MANUFACTURE
    RANCHING REAL_ESTATE RECREATIONAL_FACILITIES_AND_SERVICES RELIGIOUS_INSTITUTIONS
    RENEWABLES_ENVIRONMENT RESEARCH RESTAURANTS RETAIL SECURITY_AND_INVESTIGATIONS SEMICONDUCTORS
    SHIPBUILDING SPORTING_GOODS SPORTS STAFFING_AND_RECRUITING SUPERMARKETS TELECOMMUNICATIONS
    TEXTILES THINK_TANKS TOBACCO TRANSLATION_AND_LOCALIZATION TRANSPORTATION_TRUCKING_RAILROAD
    UTILITIES VENTURE_CAPITAL_PRIVATE_EQUITY VETERINARY WAREHOUSING WHOLESALE WINE_AND_SPIRITS
    WIRELESS WRITING_AND_EDITING
"""

COMPANY = ObjectType(
    id="0-2",
    name="company",
    plural="companies",
    label="Company",
    plural_label="Companies",
    primary="name",
    secondary=("domain",),
    search=("website", "phone", "name", "domain"),
    shown=("name", "domain", "createdate", "hs_lastmodifieddate", "hs_object_id"),
    groups=headings(
        companyinformation="Company information",
        companylcs="Lifecycle",
        sales_properties="Sales",
        company_activity="Company activity",
        socialmediainformation="Social media information",
        analyticsinformation="Origin",
    ),
    properties=table(
        section(
            "companyinformation",
            text("name", "Company name"),
            text("domain", "Company domain name", unique=True, format="domain"),
            text("website", "Website URL"),
            phone("phone", "Phone number"),
            choice("industry", "Industry", _INDUSTRIES),
            choice("type", "Type", "PROSPECT PARTNER RESELLER VENDOR OTHER"),
            text("address", "Street address"),
            text("address2", "Street address 2"),
            text("city", "City"),
            text("state", "State/region"),
            text("zip", "Postal code"),
            text("country", "Country/region"),
            text("timezone", "Time zone"),
            number("numberofemployees", "Number of employees"),
            money("annualrevenue", "Annual revenue"),
            money("total_money_raised", "Total money raised"),
            text("founded_year", "Year founded"),
            yes_no("is_public", "Is public"),
            paragraph("description", "Description"),
            paragraph("about_us", "About us"),
            form_field=True,
        ),
        section(
            "companyinformation",
            choice("hs_annual_revenue_currency_code", "Annual revenue currency", CURRENCIES),
            text("hs_additional_domains", "Additional domains"),
            text("hs_logo_url", "Logo URL"),
            text("hs_keywords", "Company keywords"),
            text("web_technologies", "Web technologies"),
            *columns("createdate"),
        ),
        section("companylcs", lifecycle_stage(), form_field=True),
        section("companylcs", *lifecycle_dates(), moment("closedate", "Close date")),
        section(
            "sales_properties",
            *owner("Company owner"),
            choice("hs_lead_status", "Lead status", LEAD_STATUS),
            choice(
                "hs_ideal_customer_profile",
                "Ideal customer profile tier",
                {"tier_1": "Tier 1", "tier_2": "Tier 2", "tier_3": "Tier 3"},
            ),
            yes_no("hs_is_target_account", "Target account"),
            choice("hs_csm_sentiment", "Success sentiment", "at_risk neutral healthy"),
        ),
        section("company_activity", *contact_history()),
        section(
            "socialmediainformation",
            text("linkedin_company_page", "LinkedIn company page"),
            text("linkedinbio", "LinkedIn bio"),
            text("facebook_company_page", "Facebook company page"),
            text("twitterhandle", "Twitter handle"),
            text("twitterbio", "Twitter bio"),
        ),
        section("analyticsinformation", *origin()),
    ),
    associations=(
        AssociationType(450, "0-2", 450, "company_to_company", "company_to_company"),
        AssociationType(
            13,
            "0-2",
            14,
            "parent_to_child_company",
            "child_to_parent_company",
            "Child Company",
            "Parent Company",
            inverse_single=True,
        ),
    ),
    stamps=OWNER_STAMPS | LIFECYCLE_STAMPS,
)
