using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using EdgeVision.Events.Presets;

namespace EdgeVision.Tests.Events.Presets;

public sealed class PresetBodyTests
{
    private static readonly EventPreset[] Presets = Enum.GetValues<EventPreset>();

    [Fact]
    public void Edgevision_is_the_event_as_it_lies_in_the_outbox() =>
        Assert.All(PresetEvents.All, body => Assert.True(PresetBody.Of(EventPreset.EdgeVision, body)!.Value.Span.SequenceEqual(body)));

    [Theory]
    [InlineData(EventPreset.Compact, true, true, true, true, true)]
    [InlineData(EventPreset.DeepStreamMinimal, true, true, true, false, false)]
    [InlineData(EventPreset.Ava, true, false, true, false, false)]
    [InlineData(EventPreset.Aitrios, true, true, true, false, false)]
    public void Only_what_a_preset_knows_has_a_form_in_it(EventPreset preset, bool frame, bool emptyFrame, bool rule, bool camera, bool system)
    {
        Assert.Equal(
            [frame, emptyFrame, rule, camera, system],
            ((byte[][])[PresetEvents.Frame, PresetEvents.EmptyFrame, PresetEvents.Rule, PresetEvents.Camera, PresetEvents.System]).Select(body => PresetBody.Of(preset, body) is not null));
    }

    [Fact]
    public void Every_event_of_ours_becomes_json_or_nothing() =>
        Gen.Select(Gen.Enum<EventPreset>(), Gen.Select(Gen.Int[0, 2], Gen.Float[0, 1], Gen.Float[-1e4f, 1e4f], Gen.Float[0, 1e4f]).Array[0, 8]).Sample((preset, objects) =>
        {
            var body = PresetEvents.Body(Some.Frame("door", [.. objects.Select(o => Some.Detection(o.Item1, o.Item2, o.Item3, o.Item3, o.Item4, o.Item4))]), 1, 1);
            var made = PresetBody.Of(preset, body);
            if (preset is EventPreset.Ava && objects.Length == 0) Assert.Null(made);
            else Assert.Equal(JsonValueKind.Object, JsonDocument.Parse(made!.Value).RootElement.ValueKind);
        });

    [Fact]
    public void Compact_is_a_third_of_the_event_and_keeps_what_consumers_rely_on()
    {
        foreach (var body in PresetEvents.All)
        {
            var (whole, compact) = (JsonNode.Parse(body)!, JsonNode.Parse(PresetBody.Of(EventPreset.Compact, body)!.Value.Span)!);
            Assert.Equal(whole["id"]!.GetValue<string>(), compact["i"]!.GetValue<string>());
            Assert.Equal(long.Parse(whole["sequence"]!.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture), compact["s"]!.GetValue<long>());
            Assert.Equal(whole["data"]!["camera"]?.GetValue<string>(), compact["c"]?.GetValue<string>());
        }

        Assert.InRange(PresetBody.Of(EventPreset.Compact, PresetEvents.Frame)!.Value.Length * 3, 0, PresetEvents.Frame.Length);
    }

    [Fact]
    public void An_ava_message_holds_nothing_that_its_schema_closes_out()
    {
        foreach (var body in (byte[][])[PresetEvents.Frame, PresetEvents.Rule])
        {
            var inferences = JsonNode.Parse(PresetBody.Of(EventPreset.Ava, body)!.Value.Span)!["inferences"]!.AsArray();
            Assert.NotEmpty(inferences);
            foreach (var inference in inferences.Select(i => i!.AsObject()))
            {
                var type = inference["type"]!.GetValue<string>();
                Assert.Subset(new HashSet<string> { "type", "subtype", "inferenceId", "relatedInferences", type }, Keys(inference));
                if (type == "event")
                {
                    Assert.Subset(new HashSet<string> { "name", "properties", "box" }, Keys(inference["event"]));
                    Assert.All(inference["event"]!["properties"]!.AsObject(), p => Assert.Equal(JsonValueKind.String, p.Value!.GetValueKind()));
                }
                else
                {
                    Assert.Equal(["box", "tag"], Keys(inference["entity"]).Order());
                    Assert.Equal(["h", "l", "t", "w"], Keys(inference["entity"]!["box"]).Order());
                    Assert.All(inference["entity"]!["box"]!.AsObject(), side => Assert.InRange(side.Value!.GetValue<double>(), 0, 1));
                }
            }
        }
    }

    [Fact]
    public void A_label_cannot_break_the_line_of_an_object()
    {
        var body = Encoding.UTF8.GetString(PresetEvents.Frame).Replace("\"person\"", "\"a|b|0.1\"", StringComparison.Ordinal);
        var line = JsonNode.Parse(PresetBody.Of(EventPreset.DeepStreamMinimal, Encoding.UTF8.GetBytes(body))!.Value.Span)!["objects"]![0]!.GetValue<string>();

        Assert.Equal(8, line.Split('|').Length);
    }

    [Fact]
    public void Garbage_has_no_form_and_harms_nobody()
    {
        string[] bodies =
        [
            "", "null", "[]", "{}", "{\"data\":{}}", "\"\\ud800\"", new string('[', 5000),
            Encoding.UTF8.GetString(PresetEvents.Frame).Replace("\"press-4\"", "\"\\ud800\"", StringComparison.Ordinal),
            Encoding.UTF8.GetString(PresetEvents.Frame).Replace("0.9123", "1e999", StringComparison.Ordinal),
            Encoding.UTF8.GetString(PresetEvents.Frame).Replace("\"width\":640", "\"width\":0", StringComparison.Ordinal),
            Encoding.UTF8.GetString(PresetEvents.Frame).Replace("\"objects\":[", "\"objects\":[null,", StringComparison.Ordinal),
        ];
        foreach (var preset in Presets.Where(p => p is not EventPreset.EdgeVision))
        {
            Assert.All(bodies, body => Assert.Null(PresetBody.Of(preset, Encoding.UTF8.GetBytes(body))));
        }
    }

    [Fact]
    public void Bytes_that_somebody_bent_become_json_or_nothing()
    {
        var random = new Random(20261123);
        var events = PresetEvents.All.ToArray();
        var (formed, formless) = (0, 0);
        for (var i = 0; i < 20_000; i++)
        {
            var body = (byte[])events[i % events.Length].Clone();
            for (var bends = random.Next(1, 4); bends > 0; bends--) body[random.Next(body.Length)] = (byte)random.Next(256);
            if (random.Next(8) == 0) body = body[..random.Next(body.Length)];
            if (PresetBody.Of(Presets[1 + random.Next(Presets.Length - 1)], body) is { } made)
            {
                formed++;
                JsonDocument.Parse(made).Dispose();
            }
            else
            {
                formless++;
            }
        }

        Assert.True(formed > 100 && formless > 100, $"{formed} had a form and {formless} had none: the bends are too weak or too strong.");
    }

    private static HashSet<string> Keys(JsonNode? node) => [.. node!.AsObject().Select(p => p.Key)];
}
