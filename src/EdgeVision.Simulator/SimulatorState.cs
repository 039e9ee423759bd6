using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace EdgeVision.Simulator;

/// <summary>
/// What a device keeps over a restart: the edge CA, and key and generation of each module. A client with a connection string goes on
/// working when the simulator is killed and started again on the same folder.
/// </summary>
internal sealed class SimulatorState
{
    private const int KeyBytes = 32;

    private readonly string _path;
    private readonly JsonObject _root;

    private SimulatorState(string path, JsonObject root) => (_path, _root) = (path, root);

    /// <exception cref="SimulatorException">The file is there and cannot be used.</exception>
    public static SimulatorState Load(string path)
    {
        if (!File.Exists(path)) return new SimulatorState(path, []);
        try
        {
            if (JsonNode.Parse(File.ReadAllText(path)) is JsonObject root) return new SimulatorState(path, root);
        }
        catch (JsonException)
        {
            // Said below: JSON, but no object, is no better.
        }

        throw new SimulatorException($"'{path}' is no JSON object; it should hold the simulator's keys: delete it, and take the new keys and ca.pem.");
    }

    /// <summary>The caller disposes it.</summary>
    public CertificateAuthority Authority(string gateway)
    {
        if ((string?)_root["ca"] is { } certificate && (string?)_root["caKey"] is { } key)
        {
            try
            {
                var kept = CertificateAuthority.Load(certificate, key, gateway);
                if (kept.IsFresh) return kept;
                kept.Dispose();
            }
            catch (CryptographicException e)
            {
                throw new SimulatorException($"'{_path}' holds a broken CA ({e.Message.TrimEnd('.')}); delete the file, and take the new keys and ca.pem.", e);
            }
        }

        var made = CertificateAuthority.Create(gateway);
        Keep(made);
        return made;
    }

    public void Keep(CertificateAuthority authority)
    {
        _root["ca"] = authority.CertificatePem;
        _root["caKey"] = authority.KeyPem;
        Save();
    }

    /// <summary>Key (base64) and generation of a module; made when it is new.</summary>
    public (string Key, string Generation) Module(ModuleIdentity identity)
    {
        if (_root["modules"] is not JsonObject modules) _root["modules"] = modules = [];
        if (modules[identity.ClientId] is not JsonObject module)
        {
            modules[identity.ClientId] = module = new JsonObject
            {
                ["key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes)),
                ["generation"] = RandomNumberGenerator.GetInt32(int.MaxValue).ToString("D18", System.Globalization.CultureInfo.InvariantCulture),
            };
            Save();
        }

        return ((string)module["key"]!, (string)module["generation"]!);
    }

    private void Save() => PrivateFile.Write(_path, _root.ToJsonString(), UnixFileMode.UserRead | UnixFileMode.UserWrite);
}
