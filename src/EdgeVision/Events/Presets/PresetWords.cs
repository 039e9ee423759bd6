using EdgeVision.Configuration;

namespace EdgeVision.Events.Presets;

/// <summary>The presets' names, as configurations and messages have them.</summary>
public static class PresetWords
{
    /// <summary>The key <c>Preset</c> of a sink's section.</summary>
    public static EventPreset Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options.OneOf("Preset", EventPreset.EdgeVision,
            "What a message looks like (docs/events.md): `edgevision` is the whole event; `compact` the same in short keys, for metered links; the others are what consumers of those systems read, and leave out events that have no form there.",
            (Of(EventPreset.EdgeVision), EventPreset.EdgeVision),
            (Of(EventPreset.Compact), EventPreset.Compact),
            (Of(EventPreset.DeepStreamMinimal), EventPreset.DeepStreamMinimal),
            (Of(EventPreset.Ava), EventPreset.Ava),
            (Of(EventPreset.Aitrios), EventPreset.Aitrios));
    }

    public static string Of(EventPreset preset) => preset switch
    {
        EventPreset.EdgeVision => "edgevision",
        EventPreset.Compact => "compact",
        EventPreset.DeepStreamMinimal => "deepstream-minimal",
        EventPreset.Ava => "ava",
        EventPreset.Aitrios => "aitrios",
        _ => throw new ArgumentOutOfRangeException(nameof(preset), preset, "A new preset needs a word."),
    };
}
