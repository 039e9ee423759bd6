using System.Text;
using System.Text.Json.Nodes;
using EdgeVision.Events.Presets;

namespace EdgeVision.Tests.Events.Presets;

public sealed class PresetGoldenTests
{
    public static TheoryData<string, EventPreset> Goldens => new()
    {
        { "frame", EventPreset.Compact },
        { "frame", EventPreset.DeepStreamMinimal },
        { "frame", EventPreset.Ava },
        { "frame", EventPreset.Aitrios },
        { "rule", EventPreset.Compact },
        { "rule", EventPreset.Ava },
        { "camera", EventPreset.Compact },
    };

    [Theory]
    [MemberData(nameof(Goldens))]
    public void An_event_has_the_shape_that_its_source_shows(string family, EventPreset preset)
    {
        var made = PresetBody.Of(preset, BodyOf(family));

        Assert.NotNull(made);
        Assert.Equal(Golden(family, preset), Encoding.UTF8.GetString(made.Value.Span));
    }

    [Theory]
    [InlineData(EventPreset.Compact)]
    [InlineData(EventPreset.DeepStreamMinimal)]
    [InlineData(EventPreset.Ava)]
    [InlineData(EventPreset.Aitrios)]
    public void The_documentation_shows_each_golden_of_a_frame(EventPreset preset)
    {
        var document = File.ReadAllText(Path.Combine(Repository.Root, "docs", "events.md"));
        var heading = $"### Preset `{PresetWords.Of(preset)}`";
        var section = document[document.IndexOf(heading, StringComparison.Ordinal)..];
        var begin = section.IndexOf("```json\n", StringComparison.Ordinal) + "```json\n".Length;
        var example = JsonNode.Parse(section[begin..section.IndexOf("```", begin, StringComparison.Ordinal)]);

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Golden("frame", preset)), example), $"docs/events.md shows something else for {PresetWords.Of(preset)}.");
    }

    private static byte[] BodyOf(string family) => family switch { "frame" => PresetEvents.Frame, "rule" => PresetEvents.Rule, _ => PresetEvents.Camera };

    private static string Golden(string family, EventPreset preset) =>
        File.ReadAllText(Path.Combine(Repository.Root, "tests", "EdgeVision.Tests", "Events", "Presets", "Goldens", $"{family}.{PresetWords.Of(preset)}.json"));
}
