using EdgeVision.Events;
using EdgeVision.Frames;
using EdgeVision.Triggers;

namespace EdgeVision;

/// <summary>A triggered camera: every frame that gets here has pulses that want to know what became of it.</summary>
public sealed partial class CameraLoop
{
    private string? _skipReason;

    /// <summary>Asks for this camera's frames, which then come from a <see cref="TriggeredSource"/>; null for a camera that runs freely.</summary>
    public CameraTrigger? Trigger { get; init; }

    private FrameMailbox OpenMailbox(CancellationToken stopping)
    {
        if (Trigger is not { } trigger) return FrameMailbox.Open(_source, _rate, MailboxCapacity, _telemetry, stopping);
        // Without a rate cap: pulses have their own rate, and none is left out on purpose.
        return FrameMailbox.Open(_source, rate: null, trigger.Queue, _telemetry, stopping, (frame, gaveWay) => trigger.Explain(frame, TriggerOutcome.Dropped, gaveWay
            ? "Frames of later pulses pushed it out before detection: detection is slower than the pulses. Raise Trigger:Queue for short bursts, or take a faster model."
            : "The camera was closed before detection; nothing is to be done if EdgeVision was stopped."));
    }

    /// <summary>One event a pulse, in place of the frame's own.</summary>
    private void Answer(IReadOnlyList<TriggerAnswer> answers, FrameEvent seen)
    {
        foreach (var answer in answers)
        {
            if (Trigger is { } trigger) _events.Add(trigger.Answer(answer, seen));
        }
    }

    /// <summary>The frame did not go through the detector, whatever the reason.</summary>
    private void ExplainUnseen(Frame frame)
    {
        var reason = _skipReason is { } said ? $"Its frame was taken but not used: {said}." : "Its frame was taken, but detection did not come to its end; nothing is to be done if EdgeVision was stopped.";
        Trigger?.Explain(frame, TriggerOutcome.Failed, reason);
        _skipReason = null;
    }
}
