using EdgeVision.Configuration;
using EdgeVision.Outputs;

namespace EdgeVision.Tests.Outputs;

public sealed class OutputOptionsTests
{
    [Fact]
    public void A_line_and_a_reason_are_enough()
    {
        var (output, mistakes) = Wanted.Read("""{ "Line": "gpiochip0/17", "Rule": { "When": "detected" } }""", OutputOptions.Read);
        Assert.Empty(mistakes);
        Assert.Same(OutputPattern.Level, output.Pattern);
        Assert.Equal((TimeSpan.Zero, TimeSpan.Zero), (output.MinimumOn, output.MinimumOff));
        Assert.Equal((1, 0.0, TimeSpan.Zero, 500.0, 2000.0), (output.Rule.Count, output.Rule.MinConfidence, output.Rule.For, output.Rule.Gap.TotalMilliseconds, output.Rule.ForgetAfter.TotalMilliseconds));
    }

    [Fact]
    public void Patterns_are_as_written()
    {
        var pulse = Pattern("""{ "Kind": "pulse", "PulseMs": 250, "Retrigger": "extend" }""");
        Assert.Equal((true, true, 250.0), (pulse.IsOnce, pulse.Extends, pulse.Cycle.TotalMilliseconds));
        var blink = Pattern("""{ "Kind": "blink", "OnMs": 100, "OffMs": 900 }""");
        Assert.False(blink.IsOnce);
        Assert.True(blink.At(TimeSpan.FromMilliseconds(99), out _));
        Assert.False(blink.At(TimeSpan.FromMilliseconds(100), out var next));
        Assert.Equal(900, next.TotalMilliseconds);

        static OutputPattern Pattern(string json)
        {
            var (output, mistakes) = Wanted.Read($$"""{ "Line": "GPIO17", "Rule": { "When": "healthy" }, "Pattern": {{json}} }""", OutputOptions.Read);
            Assert.Empty(mistakes);
            return output.Pattern;
        }
    }

    public static TheoryData<string, string> Mistakes => new()
    {
        { """{ }""", "EdgeVision:Line: is missing; set it." },
        { """{ }""", "EdgeVision:Rule: is missing; set it." },
        { """{ "Line": "GPIO17", "Rule": { } }""", "EdgeVision:Rule:When: is missing; set it." },
        { """{ "Line": "GPIO17", "Rule": { "When": "seen" } }""", "EdgeVision:Rule:When: 'seen' is not one of detected, camera-lost, healthy." },
        { """{ "Line": "GPIO17", "Rule": { "When": "camera-lost", "Classes": ["car"], "GapMs": 3 } }""", "EdgeVision:Rule:GapMs: is about detections, and When is not `detected`; leave it out." },
        { """{ "Line": "GPIO17", "Rule": { "When": "camera-lost", "ForgetAfterMs": 3000 } }""", "EdgeVision:Rule:ForgetAfterMs: means nothing to `camera-lost`, which ends with the next frame; leave it out." },
        { """{ "Line": "GPIO17", "Rule": { "When": "healthy", "ForMs": 3 } }""", "EdgeVision:Rule:ForMs: means nothing to `healthy`, which holds at once; leave it out." },
        { """{ "Line": "GPIO17", "Rule": { "When": "healthy" }, "Pattern": { "PulseMs": 20 } }""", "EdgeVision:Pattern:PulseMs: belongs to Kind `pulse`, and Kind is another (`level` when absent); set Kind or leave it out." },
        { """{ "Line": "GPIO17", "Rule": { "When": "healthy" }, "Pattern": { "Kind": "pulse" }, "MinimumOnMs": 20 }""", "EdgeVision:MinimumOnMs: means nothing to a pulse, whose length is Pattern:PulseMs; leave it out." },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public void Mistakes_are_told(string json, string expected) => Assert.Contains(expected, Wanted.Read(json, OutputOptions.Read).Mistakes.Select(m => m.ToString()));

    [Fact]
    public void A_gate_lets_frames_through_when_its_line_fails_unless_told_otherwise()
    {
        Assert.True(Wanted.Read("""{ "Line": "GPIO4" }""", GateOptions.Read).Options.OpenWhenFailing);
        Assert.False(Wanted.Read("""{ "Line": "GPIO4", "WhenFailing": "stop" }""", GateOptions.Read).Options.OpenWhenFailing);
    }

    [Fact]
    public void Cameras_that_there_are_not_and_cameras_too_slow_for_the_rule_are_told()
    {
        var mistakes = Node("""
            { "Cameras": { "door": { "Uri": "x", "MaxFps": 0.5 }, "yard": { "Uri": "x" } },
              "Outputs": { "lamp": { "Line": "GPIO1", "Rule": { "When": "detected", "Cameras": ["dor", "YARD", "cellar"] } }, "siren": { "Line": "GPIO2", "Rule": { "When": "healthy" } },
                           "horn": { "Line": "GPIO3", "Rule": { "When": "camera-lost" } }, "fine": { "Line": "GPIO4", "Rule": { "When": "healthy", "ForgetAfterMs": 5000 } } } }
            """);
        Assert.Equal(
            ["EdgeVision:Outputs:lamp:Rule:Cameras: 'dor' is no camera of this node; did you mean 'door'?",
             "EdgeVision:Outputs:lamp:Rule:Cameras: 'cellar' is no camera of this node; there are door, yard.",
             "EdgeVision:Outputs:siren:Rule:ForgetAfterMs: 2000 is no longer than a frame of camera 'door' takes with MaxFps 0.5, so the output would go off between two frames; raise it well above 2000."],
            mistakes);
    }

    [Fact]
    public void Classes_that_the_model_does_not_know_or_no_camera_reports_are_told()
    {
        var (node, _) = Wanted.Read("""
            { "Cameras": { "door": { "Uri": "x", "Classes": ["person"] }, "yard": { "Uri": "x", "Classes": ["car"] } },
              "Outputs": { "lamp": { "Line": "GPIO1", "Rule": { "When": "detected", "Cameras": ["door"], "Classes": ["persn", "car", "Person"] } },
                           "any": { "Line": "GPIO2", "Rule": { "When": "detected", "Classes": ["car", "person"] } } } }
            """, ReadNode);
        Assert.Equal(
            ["EdgeVision:Outputs:lamp:Rule:Classes: 'persn' is not a label of model 'tiny'; did you mean 'person'?",
             "EdgeVision:Outputs:lamp:Rule:Classes: 'car' is left out by the Classes of every camera of this rule, so it would never hold; add it there or remove it here."],
            OutputCheck.Classes(node.Outputs, node.Cameras, Some.Model).Select(m => m.ToString()));
    }

    [Fact]
    public void A_line_has_one_owner_but_cameras_share_a_gate()
    {
        var mistakes = Wanted.Read("{ }", options =>
        {
            var owners = new LineOwners(options);
            var gate = Wanted.Read("""{ "Line": "gpiochip0/3" }""", GateOptions.Read).Options;
            owners.Take("Cameras:door:Gate", gate.Line.Line, gate);
            owners.Take("Cameras:yard:Gate", gate.Line.Line, Wanted.Read("""{ "Line": "gpiochip0/3" }""", GateOptions.Read).Options);
            owners.Take("Cameras:hall:Gate", gate.Line.Line, gate with { OpenWhenFailing = false });
            owners.Take("Outputs:lamp", Line("/dev/gpiochip0:3"));
            owners.Take("Outputs:siren", Line("GPIO17"));
            owners.Take("StatusLight", Line("GPIO17"));
            owners.Take("Outputs:horn", default);
            owners.Take("Outputs:bell", default);
            return 0;
        }).Mistakes;
        Assert.Equal(
            ["EdgeVision:Cameras:hall:Gate:Line: 'gpiochip0/3' is the line of Cameras:door:Gate, which reads it in another way; cameras share a gate when all keys of their Gate sections are the same.",
             "EdgeVision:Outputs:lamp:Line: '/dev/gpiochip0:3' is the line of Cameras:door:Gate already, and a line has one owner; name another.",
             "EdgeVision:StatusLight:Line: 'GPIO17' is the line of Outputs:siren already, and a line has one owner; name another."],
            mistakes.Select(m => m.ToString()));
    }

    private static GpioLineName Line(string text) => GpioLineName.TryParse(text, out var line, out _) ? line : default;

    private static List<string> Node(string json) => [.. Wanted.Read(json, ReadNode).Mistakes.Select(m => m.ToString())];

    private static (IReadOnlyDictionary<string, CameraOptions> Cameras, IReadOnlyDictionary<string, OutputOptions> Outputs) ReadNode(OptionsReader options)
    {
        var cameras = options.Map("Cameras", "Some.", camera => CameraOptions.Read(camera, _ => null), _ => null);
        var outputs = options.Map("Outputs", "Some.", OutputOptions.Read, _ => null);
        OutputCheck.RefuseCameras(options, outputs, cameras);
        return (cameras, outputs);
    }
}
