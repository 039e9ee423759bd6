using EdgeVision.Events;
using EdgeVision.Fallback;
using EdgeVision.Frames;
using EdgeVision.Geometry;
using EdgeVision.Imaging;
using EdgeVision.Inference;
using EdgeVision.Models;

namespace EdgeVision.Module.Cloud;

/// <summary>One camera's questions, on its loop's thread.</summary>
internal sealed class CameraDoubts(string camera, Escalations escalations, Func<ModelIdentity> model)
{
    private Box[]? _hidden;
    private int _subject;
    private FallbackReason _reason;

    /// <summary>Before anything is filtered out.</summary>
    public void Found(ReadOnlySpan<Detection> detections) => _hidden = escalations.IsOn ? escalations.Door.Hidden(detections, model().Labels) : null;

    /// <summary>After all filters.</summary>
    public bool Doubts(DetectionList found)
    {
        _reason = escalations.Decide(camera, found.Span, model().Labels, out _subject);
        return _reason is not FallbackReason.None;
    }

    public void Ask(Frame frame, FrameEvent seen)
    {
        try
        {
            escalations.Ask(camera, frame, seen, _hidden, _reason, _subject);
        }
        catch (PictureException e)
        {
            escalations.NoPicture(camera, e.Message);
        }
    }
}
