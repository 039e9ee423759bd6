using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Frames;
using EdgeVision.Inference;
using EdgeVision.Module;
using EdgeVision.Outputs;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace EdgeVision.IntegrationTests.Module;

/// <summary>From a configuration to lines that are switched, with lamps and contacts in place of a chip.</summary>
public sealed class SwitchboardTests : IDisposable
{
    private static readonly string[] Labels = ["person", "car"];

    private readonly FakeTimeProvider _time = new();
    private readonly Telemetry _telemetry = new();
    private readonly Chip _chip = new();
    private readonly List<Switchboard> _boards = [];

    public void Dispose()
    {
        foreach (var board in _boards) board.Dispose();
        Assert.DoesNotContain(_chip.Levels, l => l.Value);
    }

    [Fact]
    public void A_frame_switches_the_outputs_that_are_about_it_at_once()
    {
        var board = Board("""
            { "Cameras": { "door": { "Uri": "test:pattern" }, "yard": { "Uri": "test:pattern" }, "hall": { "Uri": "test:pattern" } },
              "Outputs": {
                "any": { "Line": "GPIO1", "Rule": { "When": "detected", "Cameras": ["door", "Yard"], "GapMs": 0 } },
                "car": { "Line": "GPIO2", "Rule": { "When": "detected", "Cameras": ["yard"], "Classes": ["car"], "GapMs": 0 } } } }
            """);
        Assert.Null(board.ObserverOf("hall", Labels));

        See(board, "door", 1);
        Assert.Equal("GPIO1", _chip.On);
        See(board, "yard", 1);
        Assert.Equal("GPIO1 GPIO2", _chip.On);
        See(board, "door");
        Assert.Equal("GPIO1 GPIO2", _chip.On);
        See(board, "yard", 0);
        Assert.Equal("GPIO1", _chip.On);
        See(board, "yard");
        Assert.Equal("", _chip.On);
    }

    [Fact]
    public void Frames_that_stop_and_cameras_that_are_lost_are_noticed_without_a_frame()
    {
        var board = Board("""
            { "Cameras": { "door": { "Uri": "test:pattern" } },
              "Outputs": {
                "seen": { "Line": "GPIO1", "Rule": { "When": "detected", "ForgetAfterMs": 1000 } },
                "lost": { "Line": "GPIO2", "Rule": { "When": "camera-lost", "ForMs": 500 } },
                "fine": { "Line": "GPIO3", "Rule": { "When": "healthy", "ForgetAfterMs": 1000 } } } }
            """);
        Wait(100);
        _telemetry.Camera("door").Runs();
        See(board, "door", 0);
        Wait(100);
        Assert.Equal("GPIO1 GPIO3", _chip.On);
        Wait(1200);
        Assert.Equal("", _chip.On);
        _telemetry.Camera("door").Lost(TimeSpan.FromSeconds(9), _time);
        Wait(700);
        Assert.Equal("GPIO2", _chip.On);
    }

    [Fact]
    public void The_status_light_shows_cameras_link_and_lines()
    {
        Board("""
            { "Cameras": { "door": { "Uri": "test:pattern", "Gate": { "Line": "GPIO4" } }, "yard": { "Uri": "test:pattern" } },
              "StatusLight": { "Line": "GPIO9" } }
            """);
        Wait(100);
        Assert.Equal("2 flashes", Flashes());
        _telemetry.Camera("door").Runs();
        _telemetry.Camera("yard").Runs();
        Assert.Equal("steady", Flashes());
        _telemetry.Camera("yard").Lost(TimeSpan.FromSeconds(1), _time);
        Assert.Equal("1 flashes", Flashes());
        _telemetry.Sink("mqtt").CountRetry();
        Assert.Equal("3 flashes", Flashes());
        _telemetry.Sink("mqtt").CountAccepted(1);
        _telemetry.Camera("yard").Runs();
        Assert.Equal("steady", Flashes());

        // Of one round, which ends in nearly a second of dark.
        string Flashes()
        {
            Wait(5000);
            if (!UntilDark()) return "steady";
            var changes = _chip.Changes("GPIO9");
            Assert.True(UntilDark());
            return $"{(_chip.Changes("GPIO9") - changes) / 2} flashes";
        }

        bool UntilDark()
        {
            var (changes, dark) = (_chip.Changes("GPIO9"), 0);
            for (var i = 0; i < 600; i++)
            {
                Wait(10);
                dark = _chip.Levels["GPIO9"] || _chip.Changes("GPIO9") == changes ? 0 : dark + 1;
                if (dark == 90) return true;
            }

            return false;
        }
    }

    [Fact]
    public void Cameras_share_the_gate_whose_keys_are_the_same()
    {
        var board = Board("""
            { "Cameras": { "door": { "Uri": "test:pattern", "Gate": { "Line": "GPIO4" } }, "yard": { "Uri": "test:pattern", "Gate": { "Line": "GPIO4" } },
                           "roof": { "Uri": "test:pattern", "Gate": { "Line": "GPIO5" } }, "hall": { "Uri": "test:pattern" } } }
            """);
        Assert.Same(board.GateOf("door"), board.GateOf("yard"));
        Assert.NotSame(board.GateOf("door"), board.GateOf("roof"));
        Assert.Null(board.GateOf("hall"));
        _chip.Inputs["GPIO4"] = true;
        Wait(20);
        Assert.True(board.GateOf("door")!.IsOpen(_time.GetTimestamp()));
        Assert.False(board.GateOf("roof")!.IsOpen(_time.GetTimestamp()));
    }

    [Fact]
    public void Lines_that_cannot_be_opened_do_not_keep_the_node_from_running()
    {
        _chip.IsBroken = true;
        var board = Board("""
            { "Cameras": { "door": { "Uri": "test:pattern", "Gate": { "Line": "GPIO4", "WhenFailing": "stop" } } },
              "Outputs": { "lamp": { "Line": "GPIO1", "Rule": { "When": "detected" } } } }
            """);
        See(board, "door", 0);
        Assert.False(board.GateOf("door")!.IsOpen(_time.GetTimestamp()));
        Assert.False(board.Output("lamp")!.IsWorking);

        _chip.IsBroken = false;
        for (var i = 0; i < 310; i++)
        {
            Wait(100);
            See(board, "door", 0);
        }

        Assert.Equal("GPIO1", _chip.On);
        Assert.True(board.Output("lamp")!.IsWorking);
    }

    [Fact]
    public void Disposal_leaves_every_line_safe_and_late_frames_switch_nothing()
    {
        var board = Board("""
            { "Cameras": { "door": { "Uri": "test:pattern", "Gate": { "Line": "GPIO4" } } },
              "Outputs": { "lamp": { "Line": "GPIO1", "Rule": { "When": "detected" } }, "command": { "Line": "GPIO2", "Rule": { "When": "camera-lost" } } },
              "StatusLight": { "Line": "GPIO9" } }
            """);
        See(board, "door", 0);
        Assert.True(board.Output("COMMAND")!.Pulse(TimeSpan.FromSeconds(10)));
        Assert.Null(board.Output("none"));
        Assert.Equal("GPIO1 GPIO2 GPIO9", _chip.On);
        board.Dispose();
        Assert.Equal("", _chip.On);
        See(board, "door", 0);
        Wait(5000);
        Assert.Equal("", _chip.On);
        Assert.Equal(0, _chip.Owned);
    }

    private Switchboard Board(string json)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$"""{ "EdgeVision": {{json}} }"""), "test", "/", out var error);
        Assert.True(tree is not null, error);
        var (options, mistakes) = OptionsReading.Read(tree, EdgeVisionOptions.Read);
        Assert.Empty(mistakes);
        var board = new Switchboard(options, Labels, _chip.OpenOutput, _chip.OpenInput, _telemetry, _time, NullLoggerFactory.Instance);
        _boards.Add(board);
        return board;
    }

    private void See(Switchboard board, string camera, params int[] classes)
    {
        _time.Advance(TimeSpan.FromMilliseconds(1));     // no two frames of a camera in one moment
        board.ObserverOf(camera, Labels)!([.. classes.Select(c => new Detection(c, 0.9f, default))], _time.GetTimestamp());
    }

    /// <summary>In small steps: the fake clock jumps to its goal before it calls the timers on the way.</summary>
    private void Wait(int milliseconds)
    {
        for (var at = 0; at < milliseconds; at += 10) _time.Advance(TimeSpan.FromMilliseconds(10));
    }

    /// <summary>Lines by name, each with one owner at a time.</summary>
    private sealed class Chip
    {
        private readonly HashSet<string> _owned = [];
        private readonly Dictionary<string, int> _changes = [];

        public Dictionary<string, bool> Levels { get; } = [];

        public Dictionary<string, bool> Inputs { get; } = [];

        public bool IsBroken { get; set; }

        public int Owned => _owned.Count;

        /// <summary>Names of the lines that are on.</summary>
        public string On => string.Join(' ', Levels.Where(l => l.Value).Select(l => l.Key).Order(StringComparer.Ordinal));

        public int Changes(string line) => _changes.GetValueOrDefault(line);

        public IOutputLine OpenOutput(GpioOutputOptions options) => new Line(this, options.Line.Text);

        public IInputLine OpenInput(GpioLineOptions options) => new Line(this, options.Line.Text);

        private sealed class Line : IOutputLine, IInputLine
        {
            private readonly Chip _chip;
            private readonly string _name;

            public Line(Chip chip, string name)
            {
                if (chip.IsBroken) throw new CaptureException("The chip is gone. Plug it in.");
                Assert.True(chip._owned.Add(name), $"{name} has an owner.");
                (_chip, _name) = (chip, name);
            }

            public void Write(bool active)
            {
                if (_chip.Levels.GetValueOrDefault(_name) != active) _chip._changes[_name] = _chip.Changes(_name) + 1;
                _chip.Levels[_name] = active;
            }

            public bool Read() => _chip.Inputs.GetValueOrDefault(_name);

            public void Dispose()
            {
                _chip._owned.Remove(_name);
                if (_chip.Levels.ContainsKey(_name)) Write(false);
            }
        }
    }
}
