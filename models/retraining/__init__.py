"""Retraining: read, trained, compared, registered, tried out if asked for, promoted; each step is done once.

``base``        what is asked for, and what comes of it
``rule``        better than the champion on the newest period, or not
``steps``       the steps, one after the other
``work``        the folder that remembers which of them are done, also after a kill
``kept``        what one step leaves to the next, as files
``trial``       the new model in shadow beside the champion, until people have said which is better
``alerts``      which alerts of the champion fire
``running``     one retraining at a time: by hand, or when there is a reason
``failing``     the alert that it fails for long
``service``     waits for an alert or for the hour, and retrains
``exceptions``  what can be wrong
"""
