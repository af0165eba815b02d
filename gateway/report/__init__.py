"""Reports: all that was measured of one piece of media, what it means, what it does not tell, and how to check it.

    room = ReportRoom(archive, vault, eye, key, slots)
    written = await room.write(owner, analysis_id, report_format, pictures=True)
    written.content_type, written.file_name, written.data

One record (`record`: a signed `telltale.report.v1.Report` as canonical JSON) is all that counts. HTML and PDF are two ways to
read it: `writing` turns the record into one `document`, which `html` and `pdf` only set in type. Pictures come out of the media
by way of `eye`, the sandbox; charts are a few lines of `drawing`. What is said comes from `catalogues`, a file for each language
of verdicts, by way of `wording`.
"""
