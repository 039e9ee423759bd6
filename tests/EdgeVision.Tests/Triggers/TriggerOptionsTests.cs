using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Outputs;
using EdgeVision.Triggers;

namespace EdgeVision.Tests.Triggers;

public sealed class TriggerOptionsTests
{
    [Fact]
    public void A_camera_without_the_section_runs_freely() => Assert.Null(Read("""{ "Uri": "x" }""").Trigger);

    [Fact]
    public void A_line_is_all_that_a_trigger_needs()
    {
        var trigger = Read("""{ "Uri": "x", "Trigger": { "Line": "gpiochip0/17" } }""").Trigger!;

        Assert.Equal(("gpiochip0/17", LineEdge.Rising, 8), (trigger.Line.Line.ToString(), trigger.Edge, trigger.Queue));
        Assert.Equal(new TriggerRule(TriggerMatching.Next, TimeSpan.Zero, 1, TimeSpan.FromSeconds(1)), trigger.Rule);
        Assert.Equal((null, null, null), (trigger.Name, trigger.ExposureOffset, trigger.Strobe));
    }

    [Fact]
    public void Everything_can_be_said()
    {
        var trigger = Read(
            """
            { "Uri": "x", "Trigger": { "Name": "infeed-eye", "Line": "GPIO17", "ActiveLow": true, "Bias": "pull-up", "DebounceMs": 0.5, "Edge": "both", "Match": "next",
              "DelayMs": 12.5, "Burst": 3, "TimeoutMs": 200, "ExposureOffsetMs": 7.25, "Queue": 20, "Strobe": { "Line": "gpiochip0/4", "OnMs": 80, "OffWithFrame": false } } }
            """).Trigger!;

        Assert.Equal(("infeed-eye", true, GpioBias.PullUp, LineEdge.Both), (trigger.Name, trigger.Line.ActiveLow, trigger.Line.Bias, trigger.Edge));
        Assert.Equal(new TriggerRule(TriggerMatching.Next, TimeSpan.FromMilliseconds(12.5), 3, TimeSpan.FromMilliseconds(200)), trigger.Rule);
        Assert.Equal((TimeSpan.FromMilliseconds(7.25), 20), (trigger.ExposureOffset!.Value, trigger.Queue));
        Assert.Equal(("gpiochip0/4", TimeSpan.FromMilliseconds(80), false), (trigger.Strobe!.Line.Line.ToString(), trigger.Strobe.Longest, trigger.Strobe.UntilFrame));
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { """{ }""", "EdgeVision:Trigger:Line: is missing; set it." },
        { """{ "Line": "gpiochip0" }""", "EdgeVision:Trigger:Line: 'gpiochip0' is a chip without the number of a line; write chip and number (gpiochip0/17) or the line's name (GPIO17)." },
        { """{ "Line": "gpiochip0/17", "Name": "a/b" }""", "EdgeVision:Trigger:Name: 'a/b' holds '/'; it becomes part of MQTT topics, use letters, digits and - _ . :." },
        { """{ "Line": "gpiochip0/17", "Match": "nearest", "Strobe": { "Line": "gpiochip0/4" } }""",
            "EdgeVision:Trigger:Strobe: a strobe is lit by the pulse, and with Match 'nearest' the frame may have begun before it; use Match 'next' or remove Strobe." },
        { """{ "Line": "gpiochip0/17", "Strobe": { "Line": "gpiochip0/17" } }""",
            "EdgeVision:Trigger:Strobe: line 'gpiochip0/17' is the trigger's own; a line is read or switched, name another." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_say_what_to_do(string section, string expected)
    {
        var (_, mistakes) = Parse($$"""{ "Uri": "x", "Trigger": {{section}} }""");

        Assert.Equal(expected, string.Join(" | ", mistakes.Select(m => $"{m.Path}: {m.Text}")));
    }

    private static CameraOptions Read(string json)
    {
        var (options, mistakes) = Parse(json);
        Assert.Empty(mistakes);
        return options;
    }

    private static (CameraOptions Options, IReadOnlyList<ConfigurationMistake> Mistakes) Parse(string json) =>
        OptionsReading.Read(ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out _)!, o => CameraOptions.Read(o, _ => null));
}
