"""A filled data folder, read in UTC."""

from tests.webhook.leads.data_folder import data, utc

__all__ = ["data", "utc"]
