using System.Text.Json;
using EdgeVision.Triggers;

namespace EdgeVision.Events;

/// <summary>The shape of triggers' events: a pulse's frame has the fields of a frame event.</summary>
public static partial class VisionEventJson
{
    private static void WriteTrigger(Utf8JsonWriter json, TriggerEvent trigger)
    {
        json.WriteString("kind"u8, "trigger"u8);
        json.WriteString("trigger"u8, trigger.Trigger);
        json.WriteString("line"u8, trigger.Line);
        json.WriteNumber("edge"u8, trigger.Edge);
        if (trigger.EdgeTime is { } edgeTime) WriteTimeToMicroseconds(json, "edgeTime"u8, edgeTime);
        json.WriteString("outcome"u8, WordOf(trigger.Outcome));
        if (trigger.Outcome is not TriggerOutcome.Lost)
        {
            json.WriteNumber("shot"u8, trigger.Shot);
            json.WriteNumber("burst"u8, trigger.Burst);
        }

        if (trigger.Missing > 0) json.WriteNumber("missing"u8, trigger.Missing);
        if (trigger.Difference is { } difference)
        {
            FixedDecimal.WriteSigned(json, "differenceMs"u8, difference.TotalMilliseconds, decimals: 3);
            json.WriteString("instant"u8, trigger.IsEstimated ? "estimatedExposureStart"u8 : "exposureStart"u8);
        }

        if (trigger.SharedWith is { } shared) json.WriteNumber("sharedWith"u8, shared);
        if (trigger.Reason is not null) json.WriteString("reason"u8, trigger.Reason);
        if (trigger.Seen is { } seen) WriteFrame(json, seen);
        else if (trigger.FrameSequence is { } frame) json.WriteNumber("frame"u8, frame);
    }

    private static void WriteTriggerLine(Utf8JsonWriter json, TriggerLineEvent line)
    {
        json.WriteString("kind"u8, "triggerLine"u8);
        json.WriteString("trigger"u8, line.Trigger);
        json.WriteString("line"u8, line.Line);
        json.WriteString("state"u8, line.IsLost ? "lost"u8 : "recovered"u8);
        if (line.Reason is not null) json.WriteString("reason"u8, line.Reason);
        if (line.Down is { } down) WriteMilliseconds(json, "downMs"u8, down);
    }

    private static ReadOnlySpan<byte> WordOf(TriggerOutcome outcome) => outcome switch
    {
        TriggerOutcome.Matched => "matched"u8,
        TriggerOutcome.Shared => "shared"u8,
        TriggerOutcome.Late => "late"u8,
        TriggerOutcome.NoFrame => "noFrame"u8,
        TriggerOutcome.NoCamera => "noCamera"u8,
        TriggerOutcome.Dropped => "dropped"u8,
        TriggerOutcome.Failed => "failed"u8,
        TriggerOutcome.Lost => "lost"u8,
        _ => throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "A new outcome needs a word here and in schemas/."),
    };

    /// <summary>RFC 3339, UTC, microseconds: what a pulse and a frame differ by is told in those.</summary>
    private static void WriteTimeToMicroseconds(Utf8JsonWriter json, ReadOnlySpan<byte> name, DateTimeOffset time)
    {
        Span<char> text = stackalloc char[27];
        time.UtcDateTime.TryFormat(text, out var length, "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", provider: null);
        json.WriteString(name, text[..length]);
    }
}
