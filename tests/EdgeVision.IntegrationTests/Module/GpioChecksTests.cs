using EdgeVision.Capture.Gpio;
using EdgeVision.Configuration;
using EdgeVision.Module;
using EdgeVision.Module.Commands;
using EdgeVision.Module.Doctor;
using EdgeVision.Outputs;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module;

public sealed class GpioChecksTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Without_lines_nothing_is_asked() => Assert.Empty(await ExamineAsync("{}", _ => throw new InvalidOperationException("asked")));

    [Fact]
    public async Task Each_configured_line_is_a_finding_with_whose_it_is()
    {
        var findings = await ExamineAsync(
            """
            {"Cameras":{"door":{"Uri":"test:pattern","Trigger":{"Line":"eye","Strobe":{"Line":"flash"}},"Gate":{"Line":"gpiochip0/2"}}},
             "Outputs":{"siren":{"Line":"gpiochip0/3","Rule":{"When":"healthy"}}},"StatusLight":{"Line":"gpiochip7/1"}}
            """,
            _ => new GpioInventory([new GpioChipFacts("gpiochip0", "board", ["/dev/gpiochip0"], [Line(0, "eye"), Line(1, "flash", "edgevision"), Line(2, "", "leds"), Line(3, "")])]));

        Assert.Equal(
            [("gpio eye", FindingLevel.Ok), ("gpio flash", FindingLevel.Ok), ("gpio gpiochip0/2", FindingLevel.Fail), ("gpio gpiochip0/3", FindingLevel.Ok), ("gpio gpiochip7/1", FindingLevel.Fail)],
            findings.Select(f => (f.Check, f.Level)));
        Assert.Equal("GPIO line eye (gpiochip0/0) on gpiochip0 (board) is free (trigger of camera door).", findings[0].Detail);
        Assert.Contains("a running node (strobe of camera door)", findings[1].Detail, StringComparison.Ordinal);
        Assert.Contains("'leds' (gate of camera door)", findings[2].Detail, StringComparison.Ordinal);
        Assert.Contains("output siren", findings[3].Detail, StringComparison.Ordinal);
        Assert.Contains("no GPIO chip 'gpiochip7'", findings[4].Detail, StringComparison.Ordinal);
        Assert.All(findings, f => Assert.Equal(f.Level is FindingLevel.Ok, f.Fix is null));
    }

    [Fact]
    public async Task A_chip_that_hangs_does_not_hang_its_doctor()
    {
        using var release = new ManualResetEventSlim();
        var asked = new TaskCompletionSource();
        var time = new FakeTimeProvider();
        var examination = ExamineAsync("""{"StatusLight":{"Line":"lamp"}}""", _ =>
        {
            asked.SetResult();
            release.Wait();
            return new GpioInventory([]);
        }, time);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(20), Stop);
        while (!examination.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        release.Set();
        Assert.Equal((FindingLevel.Fail, "Its chip did not answer within 5 s (status light)."), Assert.Single(await examination) is var f ? (f.Level, f.Detail) : default);
    }

    private static GpioLineFacts Line(int offset, string name, string? consumer = null) => new("gpiochip0", offset, name, consumer is not null, consumer ?? "", IsOutput: false);

    private static Task<IReadOnlyList<Finding>> ExamineAsync(string section, Func<GpioLineName, GpioInventory> read, TimeProvider? time = null)
    {
        using var folder = new TempFolder();
        var file = folder.PathOf("c.json");
        File.WriteAllText(file, $$"""{"EdgeVision":{{section}}}""");
        return GpioChecks.ExamineAsync(Settings.Load(new NodeRequest { Config = file }, [], camerasRequired: false).Options, read, time ?? TimeProvider.System, Stop);
    }
}
