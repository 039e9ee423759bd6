namespace EdgeVision.IntegrationTests.Mqtt;

/// <summary>An authority and what it signs, made by openssl as an operator would.</summary>
internal sealed class Certificates
{
    private readonly string _folder;

    public Certificates(string folder)
    {
        Mosquitto.Require("openssl", "openssl");
        _folder = folder;
        ChildProcess.Run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=Plant authority", "-keyout", At("ca.key"), "-out", At("ca.crt"));
    }

    public string Authority => At("ca.crt");

    /// <summary>A certificate and its key for a broker or a client.</summary>
    /// <param name="name">Of the files and the subject.</param>
    /// <param name="alternativeNames">As <c>DNS:localhost,IP:127.0.0.1</c>.</param>
    /// <param name="usage"><c>serverAuth</c> or <c>clientAuth</c>.</param>
    /// <param name="isExpired">Valid for a day of the year 2020.</param>
    public (string Certificate, string Key) Issue(string name, string alternativeNames, string usage = "serverAuth", bool isExpired = false)
    {
        ChildProcess.Run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", $"/CN={name}",
            "-keyout", At(name + ".key"), "-out", At(name + ".csr"));
        File.WriteAllText(At(name + ".ext"), $"subjectAltName={alternativeNames}\nextendedKeyUsage={usage}\n");
        if (!isExpired)
        {
            ChildProcess.Run("openssl", "x509", "-req", "-in", At(name + ".csr"), "-CA", At("ca.crt"), "-CAkey", At("ca.key"), "-CAcreateserial",
                "-days", "30", "-extfile", At(name + ".ext"), "-out", At(name + ".crt"));
            return (At(name + ".crt"), At(name + ".key"));
        }

        // Only `openssl ca` of OpenSSL 3.0 lets the dates be chosen.
        File.WriteAllText(At("index.txt"), "");
        File.WriteAllText(At("ca.cnf"), $"[ca]\ndefault_ca=a\n[a]\ndatabase={At("index.txt")}\nnew_certs_dir={_folder}\ndefault_md=sha256\npolicy=p\nrand_serial=yes\n[p]\ncommonName=supplied\n");
        ChildProcess.Run("openssl", "ca", "-batch", "-config", At("ca.cnf"), "-in", At(name + ".csr"), "-cert", At("ca.crt"), "-keyfile", At("ca.key"),
            "-startdate", "20200101000000Z", "-enddate", "20200102000000Z", "-extfile", At(name + ".ext"), "-notext", "-out", At(name + ".crt"));
        return (At(name + ".crt"), At(name + ".key"));
    }

    private string At(string file) => Path.Combine(_folder, file);
}
