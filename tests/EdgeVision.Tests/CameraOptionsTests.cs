using EdgeVision.Tests.Outputs;

namespace EdgeVision.Tests;

public sealed class CameraOptionsTests
{
    private const string Before = """
        { "Uri": "rtsp://user@host/s", "PasswordFile": "p", "Rotate": 90, "Trigger": { "Line": "gpiochip0/1", "Strobe": { "Line": "gpiochip0/2" } }, "Gate": { "Line": "gpiochip0/3" } }
        """;

    public static TheoryData<string, string, string, bool> Changes => new()
    {
        // row, in, its replacement, can be taken while it runs
        { "nothing", "\"s\"", "\"s\"", true },
        { "a mask", "\"Rotate\"", "\"Masks\": [{ \"Points\": \"0,0 1,0 1,1\" }], \"Rotate\"", true },
        { "a control", "\"Rotate\"", "\"Controls\": { \"gain\": 3 }, \"Rotate\"", true },
        { "rate, classes, sampling, motion", "\"Rotate\"", "\"MaxFps\": 3, \"Classes\": [\"a\"], \"Events\": { \"Sampling\": \"every\" }, \"Motion\": { \"Enabled\": true }, \"Rotate\"", true },
        { "the address", "host/s", "host/t", false },
        { "the password", "\"p\"", "\"q\"", false },
        { "the mounting", "90", "180", false },
        { "the trigger's line", "gpiochip0/1", "gpiochip0/4", false },
        { "the strobe's line", "gpiochip0/2", "gpiochip0/4", false },
        { "the gate's line", "gpiochip0/3", "gpiochip0/4", false },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void What_needs_no_opening_is_taken_while_the_camera_runs(string row, string part, string replacement, bool expected)
    {
        Assert.NotEmpty(row);
        Assert.Equal(expected, Read(Before).CanBecome(Read(Before.Replace(part, replacement, StringComparison.Ordinal))));
    }

    private static CameraOptions Read(string json)
    {
        var (options, mistakes) = Wanted.Read(json, o => CameraOptions.Read(o, _ => null));
        Assert.Empty(mistakes);
        return options;
    }
}
