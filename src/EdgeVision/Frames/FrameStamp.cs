namespace EdgeVision.Frames;

/// <summary>What instant of a frame its time stamp is. A trigger's frame is found by the begin of exposure.</summary>
public enum FrameStamp
{
    /// <summary>Nobody knows; taken for <see cref="EndOfFrame"/>.</summary>
    Unknown,

    /// <summary>The last byte arrived: exposure began about a frame's time before.</summary>
    EndOfFrame,

    /// <summary>Exposure began (V4L2_BUF_FLAG_TSTAMP_SRC_SOE).</summary>
    StartOfExposure,
}
