using EdgeVision.Frames;

namespace EdgeVision;

/// <summary>What people far away ask of the camera.</summary>
public sealed partial class CameraLoop
{
    private bool _isAsked;     // somebody waits for what this frame shows

    /// <summary>Asked at every frame; null for a camera that nobody may ask.</summary>
    public CameraRequests? Requests { get; init; }

    /// <summary>Hands the frame to who asked for a picture. True when the frame is to be looked at whatever else holds.</summary>
    private bool HearCommands(Frame frame)
    {
        Requests?.Show(frame);
        return _isAsked = Requests?.WantsLook == true;
    }

    private bool IsPaused()
    {
        if (Requests is not { } requests) return false;
        var isPaused = requests.IsPaused;
        _telemetry.MeetPause(isPaused);
        if (isPaused) _skipReason = "the camera is paused";     // only a pulse asks for it
        return isPaused;
    }
}
