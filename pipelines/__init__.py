"""What an article passes on its way to the database: one verb a file, in the order of ITEM_PIPELINES."""
