"""What is asked: documents, date periods and the schema they are held against."""
