using EdgeVision.Azure.Identity;

namespace EdgeVision.IntegrationTests.Azure;

public sealed class HubConnectionStringTests
{
    /// <summary>32 bytes of 'k'.</summary>
    private const string Key = "a2tra2tra2tra2tra2tra2tra2tra2tra2tra2tra2s=";

    [Fact]
    public void A_module_behind_a_gateway_signs_for_the_hub_and_connects_to_the_gateway()
    {
        var login = Read($"HostName=plant.azure-devices.net;DeviceId=dev1;ModuleId=vision;SharedAccessKey={Key};GatewayHostName=edge-7");

        Assert.Equal(new HubIdentity("plant.azure-devices.net", "dev1", "vision", "edge-7"), login.Identity);
        Assert.Equal(("edge-7", "dev1/vision", "devices/dev1/modules/vision"), (login.Identity.Host, login.Identity.ClientId, login.Identity.TopicRoot));
        Assert.Equal("plant.azure-devices.net%2Fdevices%2Fdev1%2Fmodules%2Fvision", login.Identity.Audience);
        Assert.Equal(
            "plant.azure-devices.net/dev1/vision/?api-version=2021-04-12&DeviceClientType=EdgeVision%2F1.0%20%28linux%29&model-id=dtmi%3Aio%3Aedgevision%3BNode%3B1",
            login.Identity.UserName("EdgeVision/1.0 (linux)", "dtmi:io:edgevision;Node;1"));
    }

    [Fact]
    public void A_device_has_topics_of_its_own_and_case_and_blanks_do_not_matter()
    {
        var login = Read($" hostname = plant.azure-devices.net ; deviceid=dev1; sharedaccesskey={Key}; ModuleId=;");

        Assert.Equal(("plant.azure-devices.net", "dev1", "devices/dev1"), (login.Identity.Host, login.Identity.ClientId, login.Identity.TopicRoot));
        Assert.False(login.HasCertificate);
    }

    [Fact]
    public void A_certificate_takes_the_place_of_the_key()
    {
        var login = Read("HostName=plant.azure-devices.net;DeviceId=dev1;x509=true");

        Assert.True(login.HasCertificate);
        Assert.Null(login.Signer);
    }

    [Theory]
    [InlineData("", "has no HostName")]
    [InlineData("HostName", "no '='")]
    [InlineData("HostName=h;DeviceId=d", "neither SharedAccessKey nor x509=true")]
    [InlineData("HostName=h;SharedAccessKey=" + Key, "has no DeviceId")]
    [InlineData("HostName=https://h;DeviceId=d;SharedAccessKey=" + Key, "'https://h', which is no host name")]
    [InlineData("HostName=h;HostName=i;DeviceId=d;SharedAccessKey=" + Key, "has HostName twice")]
    [InlineData("HostName=h;DeviceId=a+b;SharedAccessKey=" + Key, "'a+b' with '+'")]
    [InlineData("HostName=h;DeviceId=a/b;SharedAccessKey=" + Key, "'a/b' with '/'")]
    [InlineData("HostName=h;DeviceId=d;SharedAccessKey=secret", "no base64 of 16 to 64 bytes")]
    [InlineData("HostName=h;DeviceId=d;x509=true;SharedAccessKey=" + Key, "both SharedAccessKey and x509=true")]
    [InlineData("HostName=h;SharedAccessKeyName=iothubowner;SharedAccessKey=" + Key, "rights over all devices")]
    [InlineData("AAAAAAAAthe-secretAAAA==", "'AAAAAAAA…', which is not known")]
    [InlineData("HostName=h;Colour=red;DeviceId=d;SharedAccessKey=" + Key, "'Colour', which is not known")]
    public void What_is_wrong_is_one_sentence_without_the_secret(string text, string expected)
    {
        Assert.False(HubConnectionString.TryParse(text, "EdgeHubConnectionString", out var login, out var error));

        Assert.Null(login);
        Assert.StartsWith("EdgeHubConnectionString ", error, StringComparison.Ordinal);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", error, StringComparison.Ordinal);
        Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
    }

    [Fact]
    public void No_text_makes_it_crash_and_no_error_shows_a_long_part()
    {
        string[] pieces = ["HostName=", "DeviceId=", "ModuleId=", "SharedAccessKey=", "x509=", ";", "=", "true", Key, "h", "\0", "é", "/", "+", " ", "GatewayHostName="];
        var random = new Random(5);
        for (var i = 0; i < 50_000; i++)
        {
            var text = string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => pieces[random.Next(pieces.Length)]));
            var read = HubConnectionString.TryParse(text, "It", out var login, out var error);
            Assert.Equal(read, login is not null);
            Assert.Equal(read, error is null);
            if (error is not null) Assert.DoesNotContain(Key, error, StringComparison.Ordinal);
        }
    }

    private static HubLogin Read(string text)
    {
        Assert.True(HubConnectionString.TryParse(text, "It", out var login, out var error), error);
        return login!;
    }
}
