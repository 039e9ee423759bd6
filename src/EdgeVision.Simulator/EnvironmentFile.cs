using System.Globalization;
using System.Text;

namespace EdgeVision.Simulator;

/// <summary>The environment that edgeAgent gives a module, as lines a shell can source.</summary>
internal static class EnvironmentFile
{
    /// <summary>The only version SDKs ask for; every edgelet takes it.</summary>
    public const string ApiVersion = "2018-06-28";

    public static IReadOnlyList<(string Name, string Value)> Variables(SimulatedModule module, string socket, string hub, string gateway) =>
    [
        ("IOTEDGE_WORKLOADURI", "unix://" + socket),
        ("IOTEDGE_DEVICEID", module.Identity.Device),
        ("IOTEDGE_MODULEID", module.Identity.Module),
        ("IOTEDGE_MODULEGENERATIONID", module.Generation),
        ("IOTEDGE_IOTHUBHOSTNAME", hub),
        ("IOTEDGE_GATEWAYHOSTNAME", gateway),
        ("IOTEDGE_AUTHSCHEME", "sasToken"),
        ("IOTEDGE_APIVERSION", ApiVersion),
    ];

    public static string Render(IEnumerable<(string Name, string Value)> variables)
    {
        var text = new StringBuilder();
        foreach (var (name, value) in variables)
            text.Append(CultureInfo.InvariantCulture, $"export {name}='{value.Replace("'", @"'\''", StringComparison.Ordinal)}'\n");
        return text.ToString();
    }
}
