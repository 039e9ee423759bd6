namespace EdgeVision.Azure.Hub;

/// <summary>Hands what a link brings to those it is for: answers and changes to the twin, calls to whoever answers them.</summary>
/// <param name="twin">This module's; null without one, as before anybody configures it.</param>
public sealed class HubDesk(ModuleTwin? twin)
{
    /// <summary>As HTTP's "not implemented": what the caller of a direct method is told.</summary>
    private const int UnknownMethod = 501;

    private static readonly byte[] NoMethods = """{"error":"This version of EdgeVision answers no direct methods yet."}"""u8.ToArray();

    /// <summary>Serves one link until it ends.</summary>
    /// <param name="link">Subscribed.</param>
    /// <param name="ready">Called when what must come first has come: telemetry may follow.</param>
    /// <param name="alive">While it lives.</param>
    internal async Task ServeAsync(HubLink link, Action ready, CancellationToken alive)
    {
        var serving = Task.CompletedTask;
        if (twin is null) ready();
        else serving = twin.ServeAsync((topic, body) => link.PublishAsync(topic, body, isTelemetry: false, alive), ready, link.End, alive);
        await Task.WhenAll(serving, ReceiveAsync(link, alive)).ConfigureAwait(false);
    }

    private async Task ReceiveAsync(HubLink link, CancellationToken alive)
    {
        await foreach (var (arrival, body) in link.Inbound.ReadAllAsync(alive).ConfigureAwait(false))
        {
            switch (arrival)
            {
                case HubArrival.TwinAnswer answer:
                    twin?.Answer(answer, body);
                    break;
                case HubArrival.DesiredPatch patch:
                    twin?.Patch(patch, body);
                    break;
                case HubArrival.Method call:
                    await link.PublishAsync(HubTopics.MethodAnswer(UnknownMethod, call.Request), NoMethods, isTelemetry: false, alive).ConfigureAwait(false);
                    break;
            }
        }
    }
}
