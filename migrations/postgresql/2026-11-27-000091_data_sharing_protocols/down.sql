DROP TABLE data_sharing_protocols;
