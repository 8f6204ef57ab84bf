#!/usr/bin/env python

import sys
import aloha

# Pass the path to your aloharc file here.
client = aloha.Client(config_file="~/aloharc")

# Print every message the current user would receive
# This is a blocking call that will run forever
client.call_on_each_message(lambda msg: sys.stdout.write(str(msg) + "\n"))
