using System.Text;
using EdgeVision.Configuration;
using EdgeVision.Mqtt.HomeAssistant;

namespace EdgeVision.IntegrationTests.Mqtt.HomeAssistant;

/// <summary>The section as a user writes it.</summary>
internal static class Configuration
{
    public static (HomeAssistantOptions Options, IReadOnlyList<ConfigurationMistake> Mistakes) Read(string section)
    {
        var tree = ConfigurationTree.Parse(Encoding.UTF8.GetBytes($$$"""{"EdgeVision":{"HomeAssistant":{{{section}}}}}"""), "test.json", "/", out var error);
        return OptionsReading.Read(tree ?? throw new InvalidOperationException(error), static root => root.Section(HomeAssistantOptions.Key, HomeAssistantOptions.Read));
    }
}
