using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Rollout;

namespace EdgeVision.Tests.Rollout;

public sealed class RolloutStateTests
{
    private static readonly RolledModel Old = new("nanodet", "1.0", new string('a', 64)), Next = new("nanodet", "2.0", new string('b', 64));

    private static RolloutState At(RolloutPhase phase, int deaths = 0) =>
        new() { Phase = phase, Target = "https://models/next.evmodel", Base = "bundled", Candidate = phase is RolloutPhase.Live ? null : Next, LastGood = Old, Deaths = deaths };

    /// <summary>Phase that the killed process left, deaths before, phase of the next process, deaths then, version that looks.</summary>
    public static TheoryData<RolloutPhase, int, RolloutPhase, int, string> Kills => new()
    {
        { RolloutPhase.Fetching, 0, RolloutPhase.Fetching, 0, "1.0" },
        { RolloutPhase.Verifying, 0, RolloutPhase.Fetching, 0, "1.0" },
        { RolloutPhase.Testing, 0, RolloutPhase.Fetching, 1, "1.0" },
        { RolloutPhase.Testing, 1, RolloutPhase.Refused, 0, "1.0" },
        { RolloutPhase.Shadowing, 0, RolloutPhase.Fetching, 1, "1.0" },
        { RolloutPhase.Shadowing, 1, RolloutPhase.Refused, 0, "1.0" },
        { RolloutPhase.Watching, 0, RolloutPhase.Watching, 1, "2.0" },
        { RolloutPhase.Watching, 1, RolloutPhase.RolledBack, 0, "1.0" },
        { RolloutPhase.Live, 0, RolloutPhase.Live, 0, "1.0" },
        { RolloutPhase.Refused, 0, RolloutPhase.Refused, 0, "1.0" },
        { RolloutPhase.RolledBack, 0, RolloutPhase.RolledBack, 0, "1.0" },
        { RolloutPhase.Waiting, 0, RolloutPhase.Waiting, 0, "1.0" },
        { RolloutPhase.Idle, 0, RolloutPhase.Idle, 0, "1.0" },
    };

    [Theory]
    [MemberData(nameof(Kills))]
    public void A_killed_process_leaves_a_model_that_works(RolloutPhase left, int deaths, RolloutPhase then, int deathsThen, string looks)
    {
        var state = At(left, deaths).AtStart("bundled");

        Assert.Equal((then, deathsThen, looks), (state.Phase, state.Deaths, state.Active?.Version));
        if (then is RolloutPhase.Refused or RolloutPhase.RolledBack && left != then) Assert.Contains("ended 2 times", state.WhyQuarantined(state.Target!), StringComparison.Ordinal);
    }

    [Fact]
    public void Stops_that_were_asked_for_are_no_deaths_however_many()
    {
        var state = At(RolloutPhase.Watching);
        for (var i = 0; i < 5; i++) state = state.AtStart("bundled").AtStop();
        Assert.Equal(RolloutPhase.Watching, state.Phase);
        Assert.Equal(1, state.AtStart("bundled").Deaths);
    }

    [Fact]
    public void Deaths_count_through_the_steps_of_the_same_target_and_not_into_another()
    {
        var again = At(RolloutPhase.Testing).AtStart("bundled").Begin("https://models/next.evmodel");
        Assert.Equal(1, again.Deaths);
        Assert.Equal(RolloutPhase.Refused, again.To(RolloutPhase.Verifying).To(RolloutPhase.Testing).AtStart("bundled").Phase);
        Assert.Equal(0, again.Begin("https://models/other.evmodel").Deaths);
    }

    [Fact]
    public void Another_model_in_the_configuration_wins_over_everything()
    {
        var state = At(RolloutPhase.Watching).AtStart("mine");
        Assert.Equal((RolloutPhase.Idle, "mine", null), (state.Phase, state.Base, state.Active));
    }

    [Fact]
    public void What_gave_way_to_something_else_may_come_again()
    {
        var state = At(RolloutPhase.Watching).Abandon();
        Assert.Equal((RolloutPhase.Idle, "1.0", null), (state.Phase, state.Active?.Version, state.WhyQuarantined("https://models/next.evmodel")));
    }

    [Fact]
    public void What_failed_is_remembered_until_it_is_forgiven_and_only_the_newest()
    {
        var state = RolloutState.Idle;
        for (var i = 0; i < 40; i++) state = state.Begin($"target {i}").Fail($"reason {i}");
        Assert.Equal(RolloutState.MaxQuarantine, state.Quarantine.Count);
        Assert.Equal("reason 39", state.WhyQuarantined("target 39"));
        Assert.Null(state.WhyQuarantined("target 3"));
        Assert.Null(state.Forgive("target 39").WhyQuarantined("target 39"));
        Assert.Single(state.Begin("target 39").Fail("again").Quarantine, q => q.Target == "target 39");
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        foreach (var phase in Enum.GetValues<RolloutPhase>())
        {
            var state = At(phase, 1).Forgive("x") with { Reason = "because", Order = new JsonObject { ["Source"] = "x@1" }, OrderedBeside = "", Quarantine = [new QuarantinedTarget("t", "r")] };
            var read = RolloutStateJson.Read(JsonNode.Parse(RolloutStateJson.Write(state).ToJsonString())!.AsObject())!;
            Assert.Equal(RolloutStateJson.Write(state).ToJsonString(), RolloutStateJson.Write(read).ToJsonString());
        }
    }

    /// <summary>A state of ours with bytes changed: whatever is read can be begun with, and never claims a step that it does not name a model for.</summary>
    [Fact]
    public void A_damaged_file_gives_a_usable_state_or_none()
    {
        var whole = Encoding.UTF8.GetBytes(RolloutStateJson.Write(At(RolloutPhase.Watching, 1) with { Quarantine = [new QuarantinedTarget("t", "r")] }).ToJsonString());
        Gen.Select(Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[0, whole.Length]).Sample((at, value, length) =>
        {
            var bytes = whole.ToArray();
            bytes[at] = value;
            if (EdgeVision.Configuration.JsonText.Parse(bytes.AsMemory(0, length), "it", RolloutStateJson.MaxBytes, "a state", out _) is not { } json || RolloutStateJson.Read(json) is not { } state) return;
            var next = state.AtStart("bundled");
            Assert.True(next.Phase is not RolloutPhase.Watching || next.Active is not null);
            Assert.InRange(next.Deaths, 0, RolloutState.MaxDeaths);
        });
    }
}
