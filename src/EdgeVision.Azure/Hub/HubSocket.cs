using System.Net;
using EdgeVision.Delivery;
using MQTTnet.Channel;

namespace EdgeVision.Azure.Hub;

/// <summary>The TCP connection to a hub, ours rather than the client's own for the sake of prompt acknowledgements: see <see cref="PromptStream"/>.</summary>
internal sealed class HubSocket : IMqttClientStreamProvider
{
    public async Task<Stream> ConnectAsync(EndPoint endPoint, CancellationToken cancellationToken) => await PromptStream.ConnectAsync(endPoint, cancellationToken).ConfigureAwait(false);
}
