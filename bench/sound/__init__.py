"""What sound costs: every part of the work on a recording and a video, answers through REST, the memory of av_sync_svc."""
