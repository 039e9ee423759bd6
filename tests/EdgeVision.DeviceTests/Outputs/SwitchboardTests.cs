using System.Text;
using EdgeVision.Capture.Gpio;
using EdgeVision.Configuration;
using EdgeVision.Inference;
using EdgeVision.Module;
using Microsoft.Extensions.Logging.Abstractions;
using static EdgeVision.DeviceTests.Gpio.SimulatedLines;

namespace EdgeVision.DeviceTests.Outputs;

/// <summary>Outputs, status light and gates on real lines, seen from outside the chip.</summary>
public sealed class SwitchboardTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly Telemetry _telemetry = new();

    [Fact]
    public async Task A_frame_gives_a_pulse_that_a_lamp_sees()
    {
        Guest.Require();
        Pull(1, high: false);
        using var board = Board(""" "Outputs": { "lamp": { "Line": "VM1", "Rule": { "When": "detected" }, "Pattern": { "Kind": "pulse", "PulseMs": 300 } } }""");
        Assert.False(IsHigh(1));
        board.ObserverOf("door", ["person"])!([new Detection(0, 0.9f, default)], TimeProvider.System.GetTimestamp());
        Assert.True(IsHigh(1));
        await UntilAsync(() => !IsHigh(1), "the pulse ends");
    }

    [Fact]
    public async Task An_active_low_output_is_low_while_it_is_on_and_is_given_back_at_the_end()
    {
        Guest.Require();
        Pull(1, high: false);     // a level that it does not have by itself
        var board = Board(""" "Outputs": { "lamp": { "Line": "VM1", "ActiveLow": true, "Rule": { "When": "healthy" } } }""");
        await UntilAsync(() => IsHigh(1), "the line is taken");
        _telemetry.Camera("door").Runs();
        await UntilAsync(() => !IsHigh(1), "the output is on");
        board.Dispose();
        _telemetry.Camera("door").Runs();
        Assert.False(GpioInventory.Read().Lines.Single(l => l.Name == "VM1").Used);
    }

    [Fact]
    public async Task A_heartbeat_beats_while_frames_come_and_stops_when_they_stop()
    {
        Guest.Require();
        Pull(1, high: false);
        using var board = Board(""" "Outputs": { "alive": { "Line": "VM1", "Rule": { "When": "healthy", "ForgetAfterMs": 1000 }, "Pattern": { "Kind": "blink", "OnMs": 50, "OffMs": 50 } } }""");
        for (var beat = 0; beat < 3; beat++)
        {
            await UntilAsync(() => Fed(IsHigh(1)), "it is on");
            await UntilAsync(() => Fed(!IsHigh(1)), "it is off");
        }

        var quietSince = TimeProvider.System.GetTimestamp();
        await UntilAsync(() =>
        {
            if (IsHigh(1)) quietSince = TimeProvider.System.GetTimestamp();
            return TimeProvider.System.GetElapsedTime(quietSince) > TimeSpan.FromSeconds(1);
        }, "it stops");

        bool Fed(bool value)
        {
            _telemetry.Camera("door").Runs();
            return value;
        }
    }

    [Fact]
    public async Task A_gate_follows_the_contact()
    {
        Guest.Require();
        using var board = Board("", """ "Gate": { "Line": "VM2", "ActiveLow": true }""");
        var gate = board.GateOf("door")!;
        foreach (var isOpen in (bool[])[true, false, true])
        {
            Pull(2, high: !isOpen);
            await UntilAsync(() => gate.IsOpen(TimeProvider.System.GetTimestamp()) == isOpen, $"the gate is {(isOpen ? "open" : "closed")}");
        }

        Assert.True(gate.IsWorking);
    }

    [Fact]
    public void A_line_that_is_somebody_else_s_is_told_and_had_when_it_is_free()
    {
        Guest.Require();
        Pull(1, high: false);
        Switchboard board;
        using (new GpioLines(NullLogger.Instance).OpenInput(Input("VM1")))
        {
            board = Board(""" "Outputs": { "lamp": { "Line": "VM1", "Rule": { "When": "detected" } } }""");
            Assert.False(board.Output("lamp")!.IsWorking);
            Assert.False(board.Output("lamp")!.Pulse(TimeSpan.FromSeconds(1)));
        }

        using (board) Assert.True(SpinWait.SpinUntil(() => board.Output("lamp")!.IsWorking, Patience));
    }

    [Fact]
    public async Task A_node_beats_while_its_gate_is_closed_and_detects_when_it_opens()
    {
        Guest.Require();
        Pull(1, high: false);
        Pull(2, high: false);
        var folder = Directory.CreateTempSubdirectory("edgevision-gate-");
        var config = Path.Combine(folder.FullName, "node.json");
        await File.WriteAllTextAsync(config, """
            { "EdgeVision": {
                "Cameras": { "door": { "Uri": "test:pattern?width=160&height=120&fps=25", "Gate": { "Line": "VM2" } } },
                "Outputs": { "alive": { "Line": "VM1", "Rule": { "When": "healthy", "ForgetAfterMs": 20000 }, "Pattern": { "Kind": "blink", "OnMs": 200, "OffMs": 200 } } },
                "Mqtt": { "EmbeddedPort": 0 } } }
            """, TestContext.Current.CancellationToken);
        var running = EdgeVisionCommand.ReportAsync("run", "--config", config, "--data", Path.Combine(folder.FullName, "data"), "--frames", "1", "--no-page");
        for (var beat = 0; beat < 2; beat++)
        {
            await UntilAsync(() => running.IsCompleted || IsHigh(1), "it is on");
            await UntilAsync(() => running.IsCompleted || !IsHigh(1), "it is off");
        }

        Assert.False(running.IsCompleted);
        Pull(2, high: true);
        var report = await running;
        Assert.Equal(1, report.GetProperty("frames").GetInt64());
        Assert.True(report.GetProperty("framesGated").GetInt64() > 0);
        Assert.DoesNotContain(GpioInventory.Read().Lines, l => l.Name is "VM1" or "VM2" && l.Used);
        folder.Delete(recursive: true);
    }

    /// <param name="outputs">More keys of the node.</param>
    /// <param name="gate">More keys of the camera.</param>
    private Switchboard Board(string outputs, string gate = "")
    {
        var json = $$"""{ "EdgeVision": { "Cameras": { "door": { "Uri": "test:pattern", {{gate}} } }, {{outputs}} } }""";
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes(json), "test", "/", out var error);
        Assert.True(tree is not null, error);
        var (options, mistakes) = OptionsReading.Read(tree, EdgeVisionOptions.Read);
        Assert.Empty(mistakes);
        var gpio = new GpioLines(NullLogger.Instance);
        return new Switchboard(options, ["person"], gpio.OpenOutput, gpio.OpenInput, _telemetry, TimeProvider.System, NullLoggerFactory.Instance);
    }

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        var start = TimeProvider.System.GetTimestamp();
        using var tick = new PeriodicTimer(TimeSpan.FromMilliseconds(5));
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"Never: {what}.");
            await tick.WaitForNextTickAsync(TestContext.Current.CancellationToken);
        }
    }
}
