"""The pages for people that this service has (公开页面), and where their templates are."""

from pathlib import Path

from chuangpei.pages import Pages

PAGES = Pages("subsidy", Path(__file__).parent)
