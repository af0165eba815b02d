"""The work served by our kit: its server, its Open Inference Protocol, its cores, and at will its sandbox."""
