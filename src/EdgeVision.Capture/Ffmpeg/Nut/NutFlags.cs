namespace EdgeVision.Capture.Ffmpeg.Nut;

/// <summary>frame_flags of the NUT specification.</summary>
[Flags]
internal enum NutFlags
{
    None = 0,
    Key = 1,

    /// <summary>No frame, the end of its stream.</summary>
    EndOfRelevance = 2,
    CodedPts = 8,
    StreamId = 16,
    CodedSize = 32,
    Checksum = 64,
    Reserved = 128,

    /// <summary>Side data before the data (version 4).</summary>
    SideData = 256,
    ElidedHeader = 1024,
    MatchTime = 2048,
    CodedFlags = 4096,
    Invalid = 8192,
}
