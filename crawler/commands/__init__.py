"""The scrapy command's own commands: one file each, parse arguments, call storage, print."""
