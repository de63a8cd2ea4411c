"""placeholder until the slice stands"""
