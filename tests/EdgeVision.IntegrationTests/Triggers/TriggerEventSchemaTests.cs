using System.Buffers;
using System.Text;
using System.Text.Json;
using EdgeVision.Events;
using EdgeVision.Geometry;
using EdgeVision.Inference;
using EdgeVision.Models;
using EdgeVision.Triggers;

namespace EdgeVision.IntegrationTests.Triggers;

/// <summary>What triggers tell, judged by a validator that is not ours.</summary>
public sealed class TriggerEventSchemaTests
{
    private static readonly DateTimeOffset Moment = new(2026, 11, 22, 9, 30, 15, 250, TimeSpan.Zero);

    private static readonly FrameEvent Seen = new()
    {
        Camera = "door",
        Time = Moment,
        Model = new ModelIdentity("tiny", "1.0", new string('a', 64), ["person"]),
        FrameSequence = 12,
        Width = 640,
        Height = 480,
        Objects = [new Detection(0, 0.9f, new Box(1, 2, 3, 4))],
    };

    private static readonly TriggerEvent Pulse = new() { Camera = "door", Time = Moment, Trigger = "eye", Line = "gpiochip0/17", Edge = 41, EdgeTime = Moment, Outcome = TriggerOutcome.Matched };

    private static readonly TriggerEvent Framed = Pulse with { Difference = TimeSpan.FromMilliseconds(-3.2), FrameSequence = 12, Seen = Seen };

    [Fact]
    public async Task Every_outcome_is_written_as_the_schema_says()
    {
        var events = Enum.GetValues<TriggerOutcome>().Select(outcome => outcome switch
        {
            TriggerOutcome.Matched => Framed,
            TriggerOutcome.Shared => Framed with { Outcome = outcome, SharedWith = 40, Reason = "Why." },
            TriggerOutcome.Late => Framed with { Outcome = outcome, IsEstimated = true, Reason = "Why." },
            TriggerOutcome.Dropped or TriggerOutcome.Failed => Framed with { Outcome = outcome, Seen = null, Missing = 1, Reason = "Why." },
            TriggerOutcome.Lost => Pulse with { Outcome = outcome, EdgeTime = null, Missing = 3, Reason = "Why." },
            _ => Pulse with { Outcome = outcome, Burst = 3, Missing = 3, Reason = "Why." },
        }).ToList<VisionEvent>();
        events.Add(new TriggerLineEvent { Camera = "door", Time = Moment, Trigger = "eye", Line = "GPIO17", IsLost = true, Reason = "Why." });
        events.Add(new TriggerLineEvent { Camera = "door", Time = Moment, Trigger = "eye", Line = "GPIO17", IsLost = false, Down = TimeSpan.FromSeconds(3) });

        await SchemaJudge.AcceptsAsync("events.v1.schema.json", events.Select(Write));
    }

    [Fact]
    public async Task The_schema_refuses_a_pulse_without_frame_and_without_explanation()
    {
        foreach (var wrong in (VisionEvent[])[Framed with { Outcome = TriggerOutcome.NoFrame }, Pulse, Pulse with { Outcome = TriggerOutcome.NoCamera }, Framed with { Outcome = TriggerOutcome.Shared }])
        {
            var (code, said) = await SchemaJudge.JudgeAsync("events.v1.schema.json", [Write(wrong)]);
            Assert.True(code == 1, said);
        }
    }

    private static string Write(VisionEvent vision)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(bytes)) VisionEventJson.Write(json, vision, 1, 1, new NodeIdentity("press-4", "edgevision", "1", static () => true));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }
}
