using System.Net;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Health;

/// <summary>Where the node answers how it is. Ranges, defaults and trade-offs: <see cref="Read"/>.</summary>
/// <param name="Address">That it listens on.</param>
/// <param name="Port">0 for none.</param>
internal sealed record HttpOptions(IPAddress Address, int Port)
{
    /// <summary>The key of the section.</summary>
    public const string Key = "Http";

    /// <summary>Where IoT Edge's metrics-collector looks.</summary>
    public const int DefaultPort = 9600;

    /// <summary>Keys of the section.</summary>
    public static HttpOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var address = options.Text("Address", "127.0.0.1",
            "Address on which `/healthz`, `/readyz` and `/metrics` are answered, over HTTP without a password. `0.0.0.0` lets the network in, as a container needs; whoever reaches the port reads names and figures of cameras, and no pictures.",
            static text => IPAddress.TryParse(text, out _) ? null : "is no IP address; give 127.0.0.1 for this machine alone or 0.0.0.0 for the network");
        return new HttpOptions(
            IPAddress.TryParse(address, out var parsed) ? parsed : IPAddress.Loopback,
            options.Integer("Port", DefaultPort, 0, 65535, "Its port; 0 answers nothing. While it is taken, one line in the log says so, and the node runs on."));
    }
}
