namespace EdgeVision.Events.Presets;

/// <summary>What an event looks like to who receives it; docs/events.md shows each.</summary>
public enum EventPreset
{
    /// <summary>As it lies in the outbox: CloudEvents JSON.</summary>
    EdgeVision,

    /// <summary>The same in short keys, for links that are paid by the byte.</summary>
    Compact,

    /// <summary>NVIDIA DeepStream's minimal message: one a frame, an object is a line of text.</summary>
    DeepStreamMinimal,

    /// <summary>Azure Video Analyzer's inferences.</summary>
    Ava,

    /// <summary>Sony AITRIOS' inference results, inline JSON.</summary>
    Aitrios,
}
