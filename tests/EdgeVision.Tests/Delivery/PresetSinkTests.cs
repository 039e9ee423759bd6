using CsCheck;
using EdgeVision.Delivery;
using EdgeVision.Events;
using EdgeVision.Events.Presets;
using EdgeVision.Tests.Events.Presets;

namespace EdgeVision.Tests.Delivery;

public sealed class PresetSinkTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void Without_a_preset_there_is_nothing_in_between()
    {
        var sink = new CollectingSink();

        Assert.Same(sink, PresetSink.Of(EventPreset.EdgeVision, sink));
    }

    [Fact]
    public async Task What_has_no_form_counts_as_delivered_and_the_rest_goes_in_its_shape()
    {
        var sink = new CollectingSink();
        await using var preset = PresetSink.Of(EventPreset.Ava, sink);

        Assert.Equal(DeliveryResult.All(4), await preset.SendAsync([Entry(1, hasForm: false), Entry(2), Entry(3, hasForm: false), Entry(4)], Stop));

        var taken = await sink.TakeAsync(2);
        Assert.Equal([2L, 4L], taken.Select(e => e.Sequence));
        Assert.All(taken, e => Assert.Equal(EventPreset.Ava, e.Preset));
        Assert.All(taken, e => Assert.True(e.Body.Span.StartsWith("{\"timestamp\""u8)));
    }

    [Fact]
    public async Task A_batch_without_any_form_asks_nobody()
    {
        var sink = new RefusingSink();
        await using var preset = PresetSink.Of(EventPreset.Ava, sink);
        OutboxEntry[] batch = [Entry(1, hasForm: false), Entry(2, hasForm: false)];

        Assert.Equal(TimeSpan.Zero, preset.Linger(batch));
        Assert.Equal(DeliveryResult.All(2), await preset.SendAsync(batch, Stop));
    }

    [Fact]
    public void Whatever_the_sink_answers_the_event_after_those_accepted_is_the_one_it_means() =>
        Gen.Select(Gen.Bool.Array[1, 20], Gen.Int[0, 20]).Sample((forms, stopAt) =>
        {
            var batch = forms.Select((hasForm, i) => Entry(i + 1, hasForm)).ToList();
            var shaped = batch.Where((_, i) => forms[i]).ToList();
            var poison = stopAt < shaped.Count ? shaped[stopAt].Sequence : -1;
            var inner = new RejectingSink(e => e.Sequence == poison);

            var result = PresetSink.Of(EventPreset.Ava, inner).SendAsync(batch, Stop).AsTask().GetAwaiter().GetResult();

            Assert.Equal(shaped.Take(poison < 0 ? shaped.Count : stopAt).Select(e => e.Sequence), inner.Taken);
            Assert.Equal(poison < 0 ? DeliveryResult.All(batch.Count) : DeliveryResult.Rejected((int)poison - 1, "packet too large"), result);
        });

    private static OutboxEntry Entry(long sequence, bool hasForm = true)
    {
        var family = hasForm ? EventFamily.Frame : EventFamily.System;
        return new OutboxEntry(sequence, hasForm ? sequence : 0, Guid.CreateVersion7(), family, VisionEventJson.TypeOf(family), hasForm ? "door" : null, Severity.Info, Some.Moment, hasForm ? PresetEvents.Frame : PresetEvents.System);
    }
}
