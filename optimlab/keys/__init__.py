"""What the questions of the lessons know: answers, replies, solutions, and the numbers they state.

One file a lesson, named after its notebook; `lessons.Lesson("05")` finds the one with its number.
A learner need not look in here.
"""
