using EdgeVision.Events.Presets;

namespace EdgeVision.Delivery;

/// <summary>Before another sink: hands it the events in the shape of a preset, and counts those as delivered that have no form there.</summary>
/// <remarks>One caller at a time, as a delivery loop is.</remarks>
public sealed class PresetSink : IEventSink
{
    private readonly EventPreset _preset;
    private readonly IEventSink _inner;
    private readonly List<OutboxEntry> _shaped = [];
    private readonly List<int> _places = [];
    private IReadOnlyList<OutboxEntry>? _last;

    private PresetSink(EventPreset preset, IEventSink inner) => (_preset, _inner) = (preset, inner);

    /// <summary>The sink itself where events stay as they are. <paramref name="inner"/> belongs to the result.</summary>
    public static IEventSink Of(EventPreset preset, IEventSink inner)
    {
        ArgumentNullException.ThrowIfNull(inner);
        return preset is EventPreset.EdgeVision ? inner : new PresetSink(preset, inner);
    }

    public TimeSpan Linger(IReadOnlyList<OutboxEntry> batch)
    {
        Shape(batch);
        return _shaped.Count == 0 ? TimeSpan.Zero : _inner.Linger(_shaped);
    }

    public async ValueTask<DeliveryResult> SendAsync(IReadOnlyList<OutboxEntry> batch, CancellationToken stopping)
    {
        Shape(batch);
        if (_shaped.Count == 0) return DeliveryResult.All(batch.Count);
        var result = await _inner.SendAsync(_shaped, stopping).ConfigureAwait(false);
        // What has no form and stands before the next one is passed with those before it.
        return result with { Accepted = result.Accepted >= _shaped.Count ? batch.Count : _places[result.Accepted] };
    }

    public ValueTask DisposeAsync() => _inner.DisposeAsync();

    /// <summary>A loop asks how long to wait and then sends the same batch: it is shaped once.</summary>
    private void Shape(IReadOnlyList<OutboxEntry> batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        if (ReferenceEquals(batch, _last)) return;
        _last = batch;
        _shaped.Clear();
        _places.Clear();
        for (var i = 0; i < batch.Count; i++)
        {
            if (PresetBody.Of(_preset, batch[i].Body) is not { } body) continue;
            _shaped.Add(batch[i] with { Body = body, Preset = _preset });
            _places.Add(i);
        }
    }
}
