namespace EdgeVision.Azure.Hub;

/// <summary>Hands what a link brings to those it is for: answers and changes to the twin, calls to whoever answers them.</summary>
/// <param name="twin">This module's; null without one, as before anybody configures it.</param>
/// <param name="methods">Takes direct methods and messages of inputs; null where nobody does: callers are told so.</param>
public sealed class HubDesk(ModuleTwin? twin, MethodDesk? methods = null)
{
    /// <summary>As HTTP's "not implemented": what the caller of a direct method is told.</summary>
    private const int UnknownMethod = 501;

    private static readonly byte[] NoMethods = """{"error":"This node answers no direct methods."}"""u8.ToArray();

    /// <summary>Serves one link until it ends.</summary>
    /// <param name="link">Subscribed.</param>
    /// <param name="ready">Called when what must come first has come: telemetry may follow.</param>
    /// <param name="alive">While it lives.</param>
    internal async Task ServeAsync(HubLink link, Action ready, CancellationToken alive)
    {
        var serving = Task.CompletedTask;
        if (twin is null) ready();
        else serving = twin.ServeAsync((topic, body) => link.PublishAsync(topic, body, isTelemetry: false, alive), ready, link.End, alive);
        await Task.WhenAll(OrEndAsync(serving, link), OrEndAsync(ReceiveAsync(link, alive), link)).ConfigureAwait(false);
    }

    /// <summary>A part that breaks takes the link with it: it must not live on half deaf.</summary>
    private static async Task OrEndAsync(Task part, HubLink link)
    {
        try
        {
            await part.ConfigureAwait(false);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            link.End("What serves the link failed in a way it should not; it is opened again.");
            throw;
        }
    }

    /// <summary>To the end of the link, not of <paramref name="alive"/>: what came before that is acknowledged and does not come again.</summary>

    private async Task ReceiveAsync(HubLink link, CancellationToken alive)
    {
        await foreach (var (arrival, body) in link.Inbound.ReadAllAsync(CancellationToken.None).ConfigureAwait(false))
        {
            switch (arrival)
            {
                case HubArrival.TwinAnswer answer:
                    twin?.Answer(answer, body);
                    break;
                case HubArrival.DesiredPatch patch:
                    twin?.Patch(patch, body);
                    break;
                case HubArrival.Method call when methods is not null:
                    await methods.TakeAsync(call, body, (topic, answer, stopping) => link.PublishAsync(topic, answer, isTelemetry: false, stopping), alive).ConfigureAwait(false);
                    break;
                case HubArrival.Input message when methods is not null:
                    await methods.TakeInputAsync(message, body).ConfigureAwait(false);
                    break;
                case HubArrival.Method call:
                    await link.PublishAsync(HubTopics.MethodAnswer(UnknownMethod, call.Request), NoMethods, isTelemetry: false, alive).ConfigureAwait(false);
                    break;
            }
        }
    }
}
