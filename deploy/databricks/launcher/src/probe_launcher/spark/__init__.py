"""Evidence from the places of Spark that the agent does not stand in: its own sources, its executors, its tables.

The standard library, and PySpark where a session is needed. What is judged, and by which rules, the agent alone knows.
"""
